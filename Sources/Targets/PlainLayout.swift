import Domain
import Glibc

/// `PATH/MODEL/current/model.onnx`: a link to the folder of the version. Readers that need several files resolve the link once.
struct PlainLayout: ServingLayout {
    /// What the file is called, if not by its format.
    let file: String?

    let versions = ".versions"

    func folder(of model: String) -> String { model }

    func place(isFolder: Bool, format: ModelFormat?) -> String { isFolder ? "" : file ?? (format ?? .other).fileName }

    func served(in folder: String) -> String? {
        guard FileTree.kind(of: "\(folder)/current") == .link else { return nil }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = buffer.withUnsafeMutableBytes { bytes in
            readlink("\(folder)/current", bytes.bindMemory(to: CChar.self).baseAddress!, bytes.count)
        }
        guard count >= 0 else { return nil }
        let target = String(decoding: buffer[..<count], as: UTF8.self)
        if target.hasPrefix("\(versions)/") { return String(target.dropFirst(versions.utf8.count + 1)) }
        // `current -> 7` is no version of Martlet's, which a bare number would say.
        return target.hasPrefix("/") ? target : "./\(target)"
    }

    func serve(_ number: Int, format: ModelFormat?, in folder: String) throws(TargetFailure) {
        let link = "\(folder)/current", draft = "\(folder)/\(ModelFolder.draftPrefix)link"
        unlink(draft)
        guard symlink("\(versions)/\(number)", draft) == 0 else {
            throw TargetFailure(system: "cannot make a link in \(folder)")
        }
        // A folder cannot be replaced by a link; nobody but a person can have put one there.
        if FileTree.kind(of: link) == .folder { throw TargetFailure("\(link) is a folder; move it away") }
        guard rename(draft, link) == 0 else { throw TargetFailure(system: "cannot point \(link) to \(number)") }
    }

    func stranger(in folder: String) -> String? {
        let link = "\(folder)/current"
        guard let kind = FileTree.kind(of: link) else { return nil }
        let name = served(in: folder) ?? ""
        return kind == .link && Int(name).map { String($0) } == name ? nil : link
    }

    func takeAway(_ folder: String) { unlink("\(folder)/current") }
}
