import Domain
import Testing

struct CoAuthorsTests {
    @Test(arguments: [
        ("Retrain\n\nCo-authored-by: Bob Roe <Bob@x>\nCo-authored-by: eve@x\n", ["bob roe", "bob@x", "eve@x"]),
        ("Retrain\r\n\r\nco-Authored-By:Bob <bob@x>\r\n", ["bob", "bob@x"]),
        ("Retrain\nCo-developed-by: Bob <bob@x>\nand prose\n", ["bob", "bob@x"]),
        ("Retrain\n\nCo-authored-by:\u{301} Böb <bob@x>\nCo-authored-by: \n", ["\u{301} böb", "bob@x"]),
        ("Retrain\n\nSigned-off-by: Bob <bob@x>\nReviewed-by: Eve <eve@x>\n", []), ("Co-authored-by\nBob", []),
    ])
    func `who else wrote a commit is in its lines`(_ message: String, people: [String]) {
        let person = Person(name: "ada", email: "ada@x", time: Timestamp(seconds: 0))
        let commit = Commit(id: .zero, tree: .zero, parents: [], author: person, committer: person, message: message)
        #expect(commit.coAuthors == Set(people))
    }
}
