import Testing

@testable import Checks

@Suite struct XMLReaderTests {
    private func events(_ text: String) throws -> [XMLReader.Event] {
        var reader = XMLReader(Array(text.utf8))
        var events: [XMLReader.Event] = []
        while let event = try reader.next() { events.append(event) }
        return events
    }

    @Test func `elements, attributes, text, entities and CDATA are read`() throws {
        let events = try events(
            "<?xml version='1.0'?><!-- x --><a b=\"1 &lt; 2\" c='&#x41;&#66;'>t&amp;t<d/><![CDATA[<e>]]></a>")
        #expect(
            events == [
                .start(name: "a", attributes: ["b": "1 < 2", "c": "AB"]), .text("t&t"),
                .start(name: "d", attributes: [:]),
                .end(name: "d"), .text("<e>"), .end(name: "a"),
            ])
    }

    @Test(arguments: ["<a>", "<a></b>", "<a b=1/>", "<a b='&x;'/>", "<a", "</a>", "<a><!-- x</a>", "< a/>"])
    func `what is no XML is refused`(text: String) {
        #expect(throws: Malformed.self) { try events(text) }
    }

    @Test func `an entity is never expanded`() {
        let bomb = "<!DOCTYPE a [<!ENTITY b 'bb'>]><a>&b;</a>"
        #expect(throws: Malformed.self) { try events(bomb) }
    }

    @Test func `no bytes crash it`() throws {
        let good = try Fixture.bytes("tumor/versions/v1/coverage.xml")
        for step in 0..<300 {
            var bytes = Array(good.prefix(step % 2 == 0 ? Int.random(in: 0...good.count) : good.count))
            for _ in 0..<5 where !bytes.isEmpty { bytes[Int.random(in: 0..<bytes.count)] = .random(in: 0...255) }
            _ = try? CoverageReport(bytes)
            _ = try? TestReport(bytes)
        }
    }
}
