import Domain
import Glibc

/// Finds what looks like a key or password in a text. Says where and of what kind, never what.
enum SecretScan {
    struct Hit: Hashable {
        let line: Int
        let kind: String
        /// Whether its first letters say so.
        let isKnown: Bool
    }

    /// How a service's keys begin, and how many letters, digits, `_` and `-` follow.
    private static let prefixes: [(word: [UInt8], least: Int, kind: String)] = [
        ("AKIA", 16, "an AWS access key"), ("ASIA", 16, "an AWS access key"), ("ghp_", 36, "a GitHub token"),
        ("gho_", 36, "a GitHub token"), ("ghs_", 36, "a GitHub token"), ("github_pat_", 22, "a GitHub token"),
        ("glpat-", 20, "a GitLab token"), ("xoxb-", 20, "a Slack token"), ("xoxp-", 20, "a Slack token"),
        ("sk_live_", 24, "a Stripe key"), ("AIza", 35, "a Google API key"), ("hf_", 34, "a Hugging Face token"),
        ("ghu_", 36, "a GitHub token"), ("ghr_", 36, "a GitHub token"), ("xoxa-", 20, "a Slack token"),
        ("rk_live_", 24, "a Stripe key"), ("sk-ant-", 32, "an Anthropic key"), ("sk-proj-", 32, "an OpenAI key"),
        ("dop_v1_", 64, "a DigitalOcean token"),
        ("-----BEGIN PRIVATE KEY-----", 0, "a private key"), ("-----BEGIN RSA PRIVATE KEY-----", 0, "a private key"),
        ("-----BEGIN EC PRIVATE KEY-----", 0, "a private key"), ("-----BEGIN DSA PRIVATE KEY-----", 0, "a private key"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----", 0, "a private key"),
        ("-----BEGIN ENCRYPTED PRIVATE KEY-----", 0, "a private key"),
        ("-----BEGIN PGP PRIVATE KEY BLOCK-----", 0, "a private key"),
    ].map { (Array($0.0.utf8), $0.1, $0.2) }

    /// As ``assigned(_:)`` spells a line: in small letters, by a bit that also turns `_` into another sign.
    private static let names = ["password", "passwd", "secret", "token", "api_key", "apikey", "access_key"].map {
        $0.utf8.map { $0 | 0x20 }
    }

    static func hits(in bytes: [UInt8]) -> [Hit] {
        var hits: [Hit] = []
        for (number, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            if let kind = kind(of: line) {
                hits.append(Hit(line: number + 1, kind: kind, isKnown: true))
            } else if assigned(line) {
                hits.append(Hit(line: number + 1, kind: "a password or key", isKnown: false))
            }
        }
        return hits
    }

    private static func kind(of line: ArraySlice<UInt8>) -> String? {
        for start in line.indices {
            if line[start] == UInt8(ascii: ":"), hasPassword(line[start...]) { return "a password in an address" }
            guard start == line.startIndex || !isWord(line[start - 1]) else { continue }
            for (word, least, kind) in prefixes where line[start] == word[0] && line[start...].starts(with: word) {
                if line[(start + word.count)...].prefix(while: isWord).count >= least { return kind }
            }
            if line[start...].starts(with: "npm_".utf8),
                line[(start + 4)...].prefix(while: { isWord($0) && $0 != 0x5F && $0 != 0x2D }).count >= 36
            {
                return "an npm token"
            }
            if line[start] == UInt8(ascii: "e"), isWebToken(line[start...]) { return "a JSON web token" }
        }
        return nil
    }

    /// A header, claims and a signature in base64, each an object's beginning but for the last (RFC 7519).
    private static func isWebToken(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.starts(with: "eyJ".utf8) else { return false }
        let parts = text.prefix { isWord($0) || $0 == UInt8(ascii: ".") }.split(separator: UInt8(ascii: "."))
        return parts.count == 3 && parts[1].starts(with: "eyJ".utf8) && parts.allSatisfy { $0.count >= 10 }
    }

    /// `://NAME:PASSWORD@HOST` (RFC 3986, 3.2.1); a variable such as `${PASSWORD}` is none.
    private static func hasPassword(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.starts(with: "://".utf8) else { return false }
        let place = text.dropFirst(3).prefix(300).prefix { $0 > 0x20 && !"/\"'<>`".utf8.contains($0) }
        guard let at = place.lastIndex(of: UInt8(ascii: "@")),
            let colon = place[..<at].firstIndex(of: UInt8(ascii: ":"))
        else { return false }
        let password = place[(colon + 1)..<at]
        // Examples have words there, and templates a variable.
        return password.count >= 6 && !password.contains { "${}*".utf8.contains($0) }
            && password.contains { (0x30...0x39).contains($0) }
            && password.contains { (0x61...0x7A).contains($0 | 0x20) }
    }

    /// `NAME: VALUE` or `NAME = "VALUE"` where the name says that it is secret and the value looks random (Shannon entropy of at
    /// least 3.5 bits a character, which takes twelve of them). A `tokenizer` is no secret.
    private static func assigned(_ line: ArraySlice<UInt8>) -> Bool {
        // A notebook is JSON: its lines of code stand in quotes behind a colon.
        line.indices.contains { place in
            (line[place] == UInt8(ascii: "=") || line[place] == UInt8(ascii: ":")) && assigned(line, at: place)
        }
    }

    private static func assigned(_ line: ArraySlice<UInt8>, at mark: Int) -> Bool {
        // Of what stands before, only this value's own name.
        let before = line[..<mark].suffix(60), start = before.lastIndex { ",;{=:".utf8.contains($0) }
        let name = before[(start.map { $0 + 1 } ?? before.startIndex)...].map { $0 | 0x20 }
        guard names.contains(where: { word in name.count >= word.count && contains(name, word) }) else { return false }
        let rest = line[(mark + 1)...].drop { $0 == 0x20 || $0 == 0x22 || $0 == 0x27 || $0 == 0x5C }
        let value = rest.prefix { isWord($0) || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "/") }
        let hasDigit = value.contains { (0x30...0x39).contains($0) }
        let hasLetter = value.contains { ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A }
        return value.count >= 12 && hasDigit && hasLetter && entropy(value) >= 3.5
    }

    /// Whether the word is there and does not go on in letters.
    private static func contains(_ text: [UInt8], _ word: [UInt8]) -> Bool {
        (0...text.count - word.count).contains { start in
            let end = start + word.count
            let goesOn = end < text.count && (0x61...0x7A).contains(text[end])
            return !goesOn && text[start..<end].elementsEqual(word)
        }
    }

    /// The text of a file; `nil` of one that is none.
    static func text(_ bytes: [UInt8]) -> [UInt8]? {
        let mark = bytes.prefix(2)
        guard mark == [0xFF, 0xFE] || mark == [0xFE, 0xFF] else { return bytes.prefix(8000).contains(0) ? nil : bytes }
        let low = mark.first == 0xFF ? 0 : 1
        let units = stride(from: 2, to: bytes.count - 1, by: 2).map { place in
            UInt16(bytes[place + low]) | UInt16(bytes[place + 1 - low]) << 8
        }
        return Array(String(decoding: units, as: UTF16.self).utf8)
    }

    private static func entropy(_ text: ArraySlice<UInt8>) -> Double {
        var counts = [Int](repeating: 0, count: 256)
        for byte in text { counts[Int(byte)] += 1 }
        let total = Double(text.count)
        return counts.filter { $0 > 0 }.reduce(0) { sum, count in
            let share = Double(count) / total
            return sum - share * log2(share)
        }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") || (0x30...0x39).contains(byte)
            || (0x61...0x7A).contains(byte | 0x20)
    }
}

extension SecretScan {
    /// Larger files are data, which is searched for people instead.
    private static var limit: Int { 1 << 20 }

    /// What looks like a secret in the version's files: a known kind of key fails, a random-looking value is worth a warning.
    static func findings(in subject: Subject) async throws -> [Finding] {
        let tree = subject.version.tree, folder = "models/\(subject.version.model)"
        return try await subject.tools.store.read { reader in
            var findings: [Finding] = []
            try reader.files(in: tree, prefix: "") { path, entry in
                guard entry.mode == .file || entry.mode == .executable, try reader.size(ofBlob: entry.id) <= limit
                else { return }
                guard let bytes = text(try reader.blob(entry.id, atMost: limit)) else { return }
                findings += hits(in: bytes).prefix(20).map { hit in
                    Finding(
                        hit.isKnown ? .fail : .warn,
                        "\(folder)/\(path) holds what looks like \(hit.kind); revoke it, and keep it elsewhere",
                        file: path, line: hit.line)
                }
            }
            return findings
        }
    }
}
