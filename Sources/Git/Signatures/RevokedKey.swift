import Domain

/// The key of an SSH signature, among those that count no more: `ssh-keygen -Y verify` refuses them without a word of why.
struct RevokedKey {
    /// As a line of a public key has it.
    let type: String
    let text: String

    /// The key in the armored signature that a text ends with (OpenSSH, PROTOCOL.sshsig); `nil` where that is damaged.
    init?(signing text: String) {
        let lines = text.split(whereSeparator: \.isNewline)
        guard let start = lines.lastIndex(of: "-----BEGIN SSH SIGNATURE-----"),
            let end = lines[start...].firstIndex(of: "-----END SSH SIGNATURE-----"),
            let bytes = Base64.bytes(lines[(start + 1)..<end].joined()), bytes.starts(with: Array("SSHSIG".utf8)),
            let key = Self.string(bytes.dropFirst(10)), let type = Self.string(key)
        else { return nil }
        self.type = String(decoding: type, as: UTF8.self)
        self.text = Base64.text(key)
    }

    /// Bytes behind their length (RFC 4251 §5).
    private static func string(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard bytes.count >= 4 else { return nil }
        let length = bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        let rest = bytes.dropFirst(4)
        return length <= rest.count ? rest.prefix(length) : nil
    }

    /// Why the signature does not count, where that is because its key was revoked; whose it is, as far as the lists say.
    func words(_ signers: Signers, environment: [String: String], run: RunCommand) async throws -> String? {
        let line = lines(signers.revoked).first { $0.contains(text[...]) }
        var isRevoked = line != nil
        if !isRevoked, signers.revoked.starts(with: Array("SSHKRL\n".utf8)) {
            isRevoked = try await isListed(signers.revoked, environment, run)
        }
        guard isRevoked else { return nil }
        let names = lines(signers.allowed).filter { $0.contains(text[...]) }.compactMap(\.first)
        let comment = line.flatMap { line in
            line.firstIndex(of: text[...]).map { line[($0 + 1)...].joined(separator: " ") }
        }
        let whose = names.isEmpty ? comment ?? "" : names.joined(separator: ", ")
        let key = whose.isEmpty ? "the key that made it" : "the key of \(Excerpt.line(whose, limit: 120)) that made it"
        return "\(key) was revoked, in \(Signers.folder)/revoked"
    }

    private func lines(_ list: [UInt8]) -> [[Substring]] {
        String(decoding: list, as: UTF8.self).split(whereSeparator: \.isNewline).map {
            $0.split(whereSeparator: \.isWhitespace)
        }
    }

    /// Asks of a binary list (OpenSSH, PROTOCOL.krl).
    private func isListed(_ list: [UInt8], _ environment: [String: String], _ run: RunCommand) async throws -> Bool {
        let (list, key) = (try TemporaryFile(list), try TemporaryFile(Array("\(type) \(text)\n".utf8)))
        let result = await run(
            Command(
                ["ssh-keygen", "-Q", "-f", list.path, key.path], environment: environment, timeout: .seconds(20)))
        return result.ending == .exited(1) && String(decoding: result.output, as: UTF8.self).contains("REVOKED")
    }
}
