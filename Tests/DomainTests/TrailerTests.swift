import Domain
import Testing

struct TrailerTests {
    @Test(arguments: [
        "", "x\n", "x\n\nMartlet-Action: promote\n", "x\n\nMartlet-Action: promote\nSigned-off-by: a <a@b>\n",
        // Prose that names one is no trailer, nor is one further up.
        "x\n\nWhat Martlet-Action says counts\n", "x\n\nmartlet-action: x\n\nthe end\n", "Martlet: new\n\nbody\n",
    ])
    func `what Git reads as Martlet does is not disguised`(message: String) {
        #expect(Trailer.disguised(in: message) == nil)
    }

    @Test(arguments: [
        ("x\n\nmartlet-action: promote\n", "martlet-action: promote"),
        ("x\n\nMartlet-Action:promote\n", "Martlet-Action:promote"),
        ("x\n\nMartlet-Action : promote\n", "Martlet-Action : promote"),
        ("x\n\nMartlet-Action: promote\n  twice\n", "Martlet-Action: promote"),
        ("x\n\nso it is\nMartlet-Approved: a\nSigned-off-by: a <a@b>\n", "Martlet-Approved: a"),
        ("x\n\nMartlet-Approved: a\n\n# a comment\n", "Martlet-Approved: a"),
        // Characters of which Git sees the bytes.
        ("x\r\n\r\nMartlet-Action: hold\r\n", "Martlet-Action: hold\r"),
        ("x\n\nMartlet-Action:\u{301} hold\n", "Martlet-Action:\u{301} hold"),
        ("x\n\nMartlet-Approved:\u{200D} bob\n", "Martlet-Approved:\u{200D} bob"),
        // Before what Git takes for no message any more.
        ("x\n\nMartlet-Approved: a\n---\n\nthe end\n", "Martlet-Approved: a"),
        (
            "x\n\nMartlet-Approved: a\n# ------------------------ >8 ------------------------\n\nthe end\n",
            "Martlet-Approved: a"
        ),
        ("x\n\nMartlet-Approved: a\n\nConflicts:\n\tgates/g.yaml\n", "Martlet-Approved: a"),
        ("x\n\nmartlet-approved: a\0\n\nthe end\n", "martlet-approved: a"),
    ])
    func `what only Git reads as a trailer is found`(message: String, line: String) {
        #expect(Trailer.disguised(in: message) == line)
    }
    @Test(arguments: [
        ("x\n\nMartlet-Model: a@1\nMartlet-Model: b@2\nSigned-off-by: é <a@b>\n \t\n", ["a@1", "b@2"]),
        ("x\n\nMartlet-Model: a@1\n\0\n\nthe end\n", ["a@1"]),
        ("x\r\n\r\nMartlet-Model: a@1\r\n", []), ("x\n\nMartlet-Model:\u{301} a@1\n", []),
        ("x\n\nMartlet-Model: a@1\nAuteur·e: b\n", []), ("x\n\nMartlet-Model: a@1\n\u{A0}\n", []),
        ("Martlet-Model: a@1\n", []),
    ])
    func `values are read from the last paragraph, as Git tells its lines apart`(message: String, values: [String]) {
        #expect(Trailer.model.values(in: message) == values)
    }
}
