import Testing

@testable import Data

struct HeavyHittersTests {
    private func add(_ text: String, to sketch: inout HeavyHitters) {
        var text = text
        text.withUTF8 { bytes in
            let bytes = UnsafeRawBufferPointer(bytes)
            sketch.add(bytes, hash: StableHash.of(bytes))
        }
    }

    private func count(_ text: String, _ sketch: HeavyHitters) -> Int {
        var text = text
        return text.withUTF8 { TextCounts(sketch.entries).count(of: UnsafeRawBufferPointer($0)) }
    }

    @Test func `every text above a 1024th is found, with a count too low by at most the uncertainty`() {
        var sketch = HeavyHitters()
        var generator = SplitMix(seed: 4)
        var truth: [String: Int] = [:]
        for index in 0..<120_000 {
            let text = generator.next() % 4 == 0 ? "frequent \(generator.next() % 30)" : "rare \(index)"
            truth[text, default: 0] += 1
            add(text, to: &sketch)
        }
        #expect(sketch.uncertainty > 0 && sketch.uncertainty <= 120_000 / 2048)
        for (text, expected) in truth where expected > 120_000 / 1024 {
            #expect((expected - sketch.uncertainty...expected).contains(count(text, sketch)), "\(text)")
        }
    }

    @Test func `few texts are counted exactly, and shards merge`() {
        var one = HeavyHitters(), other = HeavyHitters()
        for index in 0..<4000 {
            add("text \(index % 900)", to: &one)
            add("text \(index % 1100)", to: &other)
        }
        one.merge(other)
        #expect(one.uncertainty == 0)
        #expect(count("text 5", one) == 5 + 4)
        #expect(one.entries.distinct == 1100)
    }

    @Test func `shards of many different texts merge to what is frequent in all`() {
        var shards = [HeavyHitters(), HeavyHitters(), HeavyHitters()]
        for index in 0..<90_000 {
            add(index % 10 == 0 ? "common" : "rare \(index)", to: &shards[index % 3])
        }
        var whole = shards[0]
        for shard in shards.dropFirst() { whole.merge(shard) }
        #expect((9000 - whole.uncertainty...9000).contains(count("common", whole)))
        #expect(whole.uncertainty <= 90_000 / 2048)
    }

    @Test func `a long text is kept short and told from others that begin alike`() {
        let long = String(repeating: "ä", count: 200)
        var sketch = HeavyHitters()
        for end in ["a", "b", "b"] { add(long + end, to: &sketch) }
        #expect(sketch.entries.distinct == 2)
        #expect(count(long + "b", sketch) == 2)
        #expect(TextCounts(sketch.entries).text(at: 0).utf8.count < 300)
    }
}
