import Domain
import Foundation
import Testing

@testable import Data

struct StoredProfileReadingTests {
    /// All kinds of columns; `more` turns numbers and texts into summaries.
    private static func text(more: Bool = false) throws -> String {
        let profile = try TableProfile(StoredProfileTests.csv(rows: more ? 3_000 : 12, seed: 1))
        var stored = StoredProfile(
            of: profile, sources: [.init(sha256: SHA256.digest(of: [1, 2]), size: 2)],
            options: TableOptions(nullSpellings: ["NA"]))
        if more {
            let limits = StoredProfile.Limits(columns: 1 << 20)
            let columns = profile.columns.map { $0.condensed(limits) }
            stored = StoredProfile(
                TableProfile(
                    rows: profile.rows, columns: columns, names: profile.names + ["nested"], exactLimit: 1_000_000),
                sources: stored.sources, options: stored.options)
        }
        return String(decoding: try stored.bytes(), as: UTF8.self)
    }

    private func error(_ text: String) -> String {
        do throws(DataError) {
            _ = try StoredProfile(Array(text.utf8))
            return "none"
        } catch { return "\(error)" }
    }

    @Test func `what was written is read, of every kind of column`() throws {
        for more in [false, true] {
            let text = try Self.text(more: more)
            let stored = try StoredProfile(Array(text.utf8))
            #expect(String(decoding: try stored.bytes(), as: UTF8.self) == text)
            #expect(stored.options.nullSpellings == ["NA"] && stored.sources.map(\.size) == [2])
            #expect(stored.condensedColumns == (more ? ["column 1", "price", "key", "note"] : []))
            #expect(text.contains(#""nested":{"kind":"unread"}"#) == more)
        }
    }

    @Test(arguments: [
        (
            #""version":1"#, #""version":2"#,
            "the version of the stored profile is 2, expected 1 (write the profile anew with this Martlet"
        ),
        (
            #""martlet-profile""#, #""martlet-profile2""#,
            "expected a stored profile, whose `format` is \"martlet-profile\" (write one with"
        ),
        (#""rows":12"#, #""rows":13"#, "columns.column 1: 0 nulls and 12 values do not add up to 13 rows"),
        (#""rows":12"#, #""rows":-1"#, "rows: expected a whole number from 0 to 1099511627776"),
        (#""rows":12"#, #""rows":1e400"#, "line 3, column 13: '1e400' is too large"),
        (#""rows":12"#, #""rows":99999999999999999999"#, "rows: expected a whole number"),
        (
            #""values":[0,1,2"#, #""values":[0,2,1"#,
            "columns.column 1.values[2]: expected a number greater than the one before it"
        ),
        (#""values":[0,1,2"#, #""values":[0,0,2"#, "columns.column 1.values[1]: expected a number greater"),
        (#""values":[0,1,2"#, #""values":[0,"nan",2"#, "columns.column 1.values[1]: expected a number"),
        (#""values":[0,1,2"#, #""values":[0,NaN,2"#, "expected a value"),
        (#""distinct":12"#, #""distinct":11"#, "columns.column 1: `distinct` is 11, but there are 12 values"),
        (
            #""kind":"numbers""#, #""kind":"number""#,
            "columns.column 1: `kind` is missing, or none of numbers, texts, empty, unread"
        ),
        (#""kind":"numbers""#, #""kind":"numbers","more":1"#, "columns.column 1: there is no field `more`"),
        (#""nulls":0"#, #""nulls":0,"nulls":0"#, "columns.column 1: `nulls` comes twice"),
        (#""price":{"#, #""column 1":{"#, "columns.column 1: the column comes twice"),
        (#""exact":true"#, #""exact":true,"rank_error":0.1"#, "columns.column 1: `rank_error` comes with `exact`"),
        (#""exact":true"#, #""exact":1"#, "columns.column 1.exact: expected true or false"),
        (#""decimal_mark":".""#, #""decimal_mark":"x""#, "decimal_mark: expected '.' or ','"),
        (#""size":2"#, #""size":-2"#, "data[0]: expected the sha256 of a file and its size"),
        (#""remarks":["#, #""remarks":[3,"#, "remarks: expected texts"),
        (#""counts":{"#, #""counts":{"p9":0,"#, ".counts.p9: expected a whole number from 1 to"),
        (#""counts":{"#, #""counts":{"p9":1099511627776,"#, "the counts are more than 12 rows"),
        (#""total":"#, #""total":9"#, ".lengths: the lengths contradict each other"),
        ("}}", "}", "line 20, column 1: expected ',' or '}'"),
        ("{", "", "unexpected text after the value"),
    ])
    func `each fault is told with its place and what to do`(old: String, new: String, expected: String) throws {
        let text = try Self.text()
        let place = try #require(text.range(of: old))
        let found = error(text.replacingCharacters(in: place, with: new))
        #expect(found.contains(expected), "\(found)")
        #expect(found.hasSuffix(")"))
    }

    @Test(arguments: [
        (
            #""tenths":["#, #""tenths":[-1e300,-1e299,-1e298,-1e297,-1e296,-1e295,-1e294,-1e293,-1e292,"#,
            "there are more than nine `tenths`"
        ),
        (#""rank_error":"#, #""rank_error":1"#, ".rank_error: expected a number from 0 to 1"),
        (#""distance_error":"#, #""distance_error":-"#, ".distance_error: expected a number from 0.0 on"),
        (#""squares":"#, #""squares":-"#, ".moments: `squares` is negative"),
        (#""min":"#, #""min":1e300,"mean":0,"x":"#, ".moments: there is no field `x`"),
        (#""max":"#, #""max":-"#, ".moments: `min` and `max` do not enclose the values"),
        (#""others":["#, #""others":[1,"#, "`others` has 1025 groups, expected 1024"),
        (#""zeros":"#, #""zeros":99999"#, "there are more zeros and negatives than values"),
    ])
    func `so is each of a summary`(old: String, new: String, expected: String) throws {
        let text = try Self.text(more: true)
        let place = try #require(text.range(of: old))
        let found = error(text.replacingCharacters(in: place, with: new))
        #expect(found.contains(expected), "\(found)")
    }

    @Test func `absurd sizes are refused before they cost anything`() throws {
        let many = (0..<20_000).map { "\($0)" }.joined(separator: ",")
        let column = #"{"kind":"numbers","nulls":0,"distinct":20000,"exact":true,"values":["# + many + "]}"
        let head =
            #"{"format":"martlet-profile","version":1,"rows":20000,"data":[],"nulls":[],"decimal_mark":".","remarks":[],"columns":{"#
        #expect(
            error("\(head)\"a\":\(column)}}").contains("columns.a.values: has 20000 values, expected at most 16384"))
        let long = String(repeating: "x", count: 257)
        let texts = #"{"kind":"texts","nulls":19999,"distinct":1,"exact":true,"counts":{""# + long + #"":1}}"#
        #expect(error("\(head)\"a\":\(texts)}}").contains("is longer than 256 bytes"))
        let deep = String(repeating: "[", count: 1 << 20)
        #expect(error("\(head)\"a\":\(deep)").contains("nested more than 128 levels deep"))
        let blank = [UInt8](repeating: 0x20, count: StoredProfile.largest + 1)
        #expect(throws: StoredProfile.tooLarge) { try StoredProfile(blank) }
    }

    @Test func `counts of a trillion rows can be compared`() throws {
        let rows = StoredNode.most
        let text = """
            {"format":"martlet-profile","version":1,"rows":\(rows),"data":[],"nulls":[],"decimal_mark":".","remarks":[],"columns":{
            "a":{"kind":"numbers","nulls":0,"distinct":2,"exact":true,"values":[0,1],"counts":[1,\(rows - 1)]},
            "b":{"kind":"numbers","nulls":0,"nan":\(rows - 2),"distinct":3,"exact":false,"rank_error":0.5,"distance_error":1e308,
            "moments":{"zeros":0,"negatives":0,"min":-1e308,"max":1e308,"mean":"nan","mean_rest":"inf","squares":"inf","sum":0,"sum_rest":0},
            "tenths":["-inf",1,"inf"],"values":[-1e308,1e308]}}}
            """
        let profile = try StoredProfile(Array(text.utf8)).profile
        let drift = Drift(reference: profile, current: profile)
        _ = (drift.json.text(), DriftRule().judge(drift), profile.json.text())
        #expect(drift["a"]?.psi == 0)
    }

    @Test func `mutated bytes give a profile or an error, and nothing worse`() throws {
        let table = try TableProfile(StoredProfileTests.csv(rows: 40, seed: 3))
        var random = SplitMix(seed: 11)
        let pieces = [
            "0", "-1", "1e308", "-1e308", "9223372036854775807", "1099511627776", "\"inf\"", "\"nan\"", "[]", "{}",
            "null",
            "true", "\"\"", "0.1", ",", "}", "]", "\"exact\":false", "\"counts\":{}", "\"others\":[]", "5e-324",
        ].map { Array($0.utf8) }
        var read = 0
        for start in [try Self.text(), try Self.text(more: true)].map({ Array($0.utf8) }) {
            for _ in 0..<(start.count > 20_000 ? 150 : 1_500) {
                var bytes = start
                for _ in 0...(random.next() % 3) {
                    let place = Int(random.next() % UInt64(bytes.count))
                    let end = min(bytes.count, place + Int(random.next() % 24))
                    switch random.next() % 5 {
                    case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
                    case 1: bytes[place] = UInt8(ascii: "0") + UInt8(random.next() % 10)
                    case 2: bytes.removeSubrange(place..<end)
                    case 3: bytes.replaceSubrange(place..<end, with: bytes[place..<end] + bytes[place..<end])
                    default:
                        bytes.replaceSubrange(
                            place..<min(bytes.count, place + 1), with: pieces[Int(random.next() % 21)])
                    }
                    if bytes.isEmpty { bytes = [0x7B] }
                }
                guard let stored = try? StoredProfile(bytes) else { continue }
                read += 1
                for (reference, current) in [(stored.profile, table), (table, stored.profile)] {
                    let drift = Drift(reference: reference, current: current)
                    _ = (drift.json.text(), DriftRule().judge(drift))
                }
                let again = try StoredProfile(try stored.bytes())
                #expect(try again.bytes() == stored.bytes())
                _ = stored.profile.json.text()
            }
        }
        #expect(read > 100)
    }

    @Test func `files that begin as a stored profile are none of a table`() {
        func begins(_ text: String) -> Bool { StoredProfile.begins(Array(text.utf8)) }
        #expect(begins(#"{"format":"martlet-profile","version":1"#) && begins("\n{ \"format\" :\n \"martlet-profile\""))
        #expect(begins("{\n  \"rows\": 1000,\n  \"columns\": {\n") && !begins(#"{"rows": 1000, "price": 2}"#))
        #expect(!begins(#"{"format":"png","size":3}"#) && !begins("format,rows\n") && !begins(""))
    }
}
