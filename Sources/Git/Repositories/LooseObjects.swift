import CGitShims
import CLibgit2
import Glibc

/// Where a repository keeps objects that are in no pack, each in a file of its own.
enum LooseObjects {
    /// How many repositories one may borrow objects from, and how often one borrows from one that borrows.
    private static let most = 100, deepest = 5

    /// Has them read by Martlet's own code, which a file that was cut short does not hang.
    static func read(in repository: borrowing Owned, fromEnvironment: Bool) throws(GitError) {
        let pointer = repository.pointer
        let objects = try Owned(freedBy: git_odb_free, "open the object database") { git_repository_odb(&$0, pointer) }
        for (index, folder) in folders(of: pointer, fromEnvironment: fromEnvironment).enumerated() {
            try check(
                martlet_git_read_loose_objects(objects.pointer, folder, index == 0 ? 0 : 1), "read objects in \(folder)"
            )
        }
    }

    /// Its own first, then those of repositories that it borrows objects from.
    private static func folders(of repository: OpaquePointer, fromEnvironment: Bool) -> [String] {
        let common = git_repository_commondir(repository).map { String(cString: $0) } ?? ""
        let own = (fromEnvironment ? variable("GIT_OBJECT_DIRECTORY") : nil) ?? common + "objects"
        var folders = [own], next = [own]
        var seen: Set<String> = [own]
        func add(_ found: [String]) {
            next = Array(found.filter { seen.insert($0).inserted }.prefix(most - folders.count))
            folders += next
        }
        if fromEnvironment, let others = variable("GIT_ALTERNATE_OBJECT_DIRECTORIES") {
            add(others.split(separator: ":").map(String.init))
            next.append(own)
        }
        for _ in 0..<deepest where !next.isEmpty { add(next.flatMap(alternates)) }
        return folders
    }

    /// The object folders that the repository with this one borrows from.
    static func alternates(of folder: String) -> [String] {
        let listed = (try? WholeFile.bytes("\(folder)/info/alternates")) ?? []
        return String(decoding: listed, as: UTF8.self).split(separator: "\n").prefix(most).map { line in
            line.hasPrefix("/") ? String(line) : "\(folder)/\(line)"
        }
    }

    private static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}
