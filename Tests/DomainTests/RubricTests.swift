import Domain
import Testing

struct RubricTests {
    @Test func `there are four sections of seven tests`() {
        #expect(Rubric.sections.map(\.checks.count) == [7, 7, 7, 7])
        #expect(Set(Rubric.checks).count == 28)
    }

    @Test(arguments: [
        (0.0, "research project"), (0.5, "not totally untested"), (1.0, "not totally untested"), (1.5, "first pass"),
        (2.0, "first pass"), (3.0, "reasonably tested"), (3.5, "strong"), (5.0, "strong"), (5.5, "exceptional"),
    ])
    func `scores are read as in the paper's Table V`(score: Double, words: String) {
        #expect(Rubric.interpretation(of: score).contains(words))
    }
}
