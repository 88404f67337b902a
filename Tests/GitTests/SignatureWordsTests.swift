import Domain
import Testing

@testable import Git

/// What the verifying programs say, by what they were heard to say (git 2.39, OpenSSH 9.2).
struct SignatureWordsTests {
    private func words(
        _ errors: String, _ ending: CommandResult.Ending = .exited(1), naming names: [String: String] = [:]
    ) -> SignatureWords {
        SignatureWords(CommandResult(ending: ending, errors: Array(errors.utf8)), naming: names)
    }

    @Test func `what the signature and the signers decide is final, what the machine decides is not`() {
        let good = "Good \"git\" signature with ED25519 key SHA256:x\n"
        #expect(words(good + "No principal matched.\n").isFinal)
        #expect(words("Signature verification failed: incorrect signature\nCould not verify signature.\n").isFinal)
        #expect(words("", .signalled(13)).isFinal)
        #expect(!words("error: cannot run ssh-keygen: No such file or directory\nNo principal matched.\n").isFinal)
        #expect(!words("Unable to open allowed keys file \"/t/a\": Too many open files\nNo principal matched.").isFinal)
        #expect(!words("error: could not create temporary file: No space left on device\n").isFinal)
        #expect(!words("").isFinal)
    }

    @Test func `temporary files have no part in it`() {
        let said = words(
            "/tmp/martlet-a1:2: key is not permitted for use in signature namespace \"git\"\n"
                + "Couldn't read /tmp/.git_vtag_tmpX9 at all\nCould not verify signature.\n",
            naming: ["/tmp/martlet-a1": "allowed_signers"])
        #expect(
            said.sshReason == "allowed_signers:2: key is not permitted for use in signature namespace \"git\"; "
                + "Couldn't read the signature at all; Could not verify signature.")
    }
}
