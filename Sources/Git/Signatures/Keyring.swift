import Domain
import Glibc

/// A GnuPG home of its own, which holds exactly the OpenPGP keys of a list of signers. Gone with the last reference.
final class Keyring: Sendable {
    let path: String
    /// Whose each key is, by the primary key's fingerprint.
    let people: [String: String]

    init(_ signers: Signers, environment: [String: String], run: RunCommand) async throws {
        let path = try Folder.temporary()
        do {
            people = try await Self.filled(path, signers, environment, run)
        } catch {
            Folder.remove(path)
            throw error
        }
        self.path = path
    }

    deinit { Folder.remove(path) }

    private static func filled(
        _ path: String, _ signers: Signers, _ environment: [String: String], _ run: RunCommand
    ) async throws -> [String: String] {
        var people: [String: String] = [:]
        for (person, keys) in signers.keys.sorted(by: { $0.key < $1.key }) {
            let result = await run(
                Command(
                    [
                        "gpg", "--homedir", path, "--batch", "--no-tty", "--no-autostart", "--status-fd", "1",
                        "--import",
                    ],
                    environment: environment.filter { ["PATH", "TMPDIR"].contains($0.key) }
                        .merging(["LC_ALL": "C", "HOME": path]) { $1 },
                    input: keys, timeout: .seconds(30)))
            guard case .exited = result.ending else {
                throw GitError(
                    .unknown, "read the OpenPGP keys of \(Sanitized.text(person))", "gpg did not end by itself",
                    hint: "install GnuPG 2.2 or later, which verifies them")
            }
            // A file that holds no key makes nobody a signer, and takes nothing from the others.
            for line in String(decoding: result.output, as: UTF8.self).split(separator: "\n") {
                let words = line.split(separator: " ")
                guard words.count == 4, words[1] == "IMPORT_OK" else { continue }
                people[String(words[3])] = people[String(words[3])] ?? person
            }
        }
        return people
    }
}

/// Lends the keyring of the signers that were asked for last.
actor Keyrings {
    private var last: (signers: Digest, keyring: Keyring)?

    func keyring(of signers: Signers, environment: [String: String], run: RunCommand) async throws -> Keyring {
        if let last, last.signers == signers.digest { return last.keyring }
        let keyring = try await Keyring(signers, environment: environment, run: run)
        last = (signers.digest, keyring)
        return keyring
    }
}
