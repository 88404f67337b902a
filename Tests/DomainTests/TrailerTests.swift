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
    ])
    func `what only Git reads as a trailer is found`(message: String, line: String) {
        #expect(Trailer.disguised(in: message) == line)
    }
}
