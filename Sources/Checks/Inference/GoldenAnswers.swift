import Data
import Domain

/// Requests whose answers a version keeps: whoever runs it gives the same.
///
/// One JSON object a line: `request` and `response` as of the Open Inference Protocol v2, and `tolerance` where that of the check is not meant.
struct GoldenAnswers {
    let path: String
    let cases: [Case]

    struct Case {
        let line: Int
        let request: JSON
        let outputs: [InferenceTensor]
        let tolerance: Double?
    }

    /// More are for a load test.
    static let most = 1000
    private static let mostBytes = 16 << 20

    init(_ content: Content, path: String) throws {
        self.path = path
        let bytes: [UInt8]
        do throws(Malformed) { bytes = try RandomAccessBytes(content).all(atMost: Self.mostBytes) } catch {
            throw MissingEvidence("golden answers: \(path): \(error)", file: path)
        }
        var cases: [Case] = []
        for (number, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            if line.allSatisfy({ $0 <= 0x20 }) { continue }
            guard cases.count < Self.most else {
                throw MissingEvidence(
                    "golden answers: \(path) has more than \(Self.most.grouped) requests; keep those that tell most",
                    file: path)
            }
            do throws(Malformed) { cases.append(try Self.read(Array(line), at: number + 1)) } catch {
                throw MissingEvidence("golden answers: \(path):\(number + 1): \(error)", file: path, line: number + 1)
            }
        }
        guard !cases.isEmpty else { throw MissingEvidence("golden answers: \(path) holds no request", file: path) }
        self.cases = cases
    }

    private static func read(_ line: [UInt8], at number: Int) throws(Malformed) -> Case {
        let object: JSON
        do throws(JSON.SyntaxError) { object = try JSON(parsing: line, python: true) } catch {
            throw Malformed("\(error.message) at byte \(error.offset)")
        }
        guard let request = object["request"], request["inputs"]?.array != nil else {
            throw Malformed("'request' must be an object with 'inputs', as the server is sent")
        }
        guard let items = object["response"]?["outputs"]?.array, !items.isEmpty else {
            throw Malformed("'response' must be an object with 'outputs', as the server answered")
        }
        let outputs = try items.map { item throws(Malformed) in
            do throws(Malformed) { return try InferenceTensor(item) } catch { throw Malformed("an output: \(error)") }
        }
        let tolerance = object["tolerance"]
        guard request.isFinite else {
            throw Malformed("'request' has a number that JSON does not have, so the server would be sent another")
        }
        if let tolerance, !((0..<Double.infinity).contains(tolerance.double ?? -1)) {
            throw Malformed("'tolerance' is \(Excerpt.line(tolerance.text())), expected a number of at least 0")
        }
        return Case(line: number, request: request, outputs: outputs, tolerance: tolerance?.double)
    }

    /// What the server answers otherwise, in the order of the requests. Throws where it cannot be asked.
    func departures(at server: InferenceServer, tolerance: Double) async throws -> [Departure] {
        var departures: [Departure] = []
        let end = ServerTime(server)
        for one in cases {
            try end.require()
            let reply = try await server.post(Array(one.request.text().utf8))
            if Self.isRefusal(reply.status) {
                let words = "it is refused with \(reply.status): \(InferenceServer.complaint(in: reply))"
                departures.append(Departure(line: one.line, words: words))
            } else if let words = one.departure(of: try server.answer(in: reply).outputs, tolerance) {
                departures.append(Departure(line: one.line, words: words))
            }
        }
        return departures
    }

    struct Departure {
        let line: Int
        let words: String
    }

    /// Whether the server says that it cannot take this request, rather than who may ask, what it has, or how it does.
    private static func isRefusal(_ status: Int) -> Bool {
        (400...499).contains(status) && ![401, 403, 404, 405, 407, 408, 421, 429].contains(status)
    }
}

extension GoldenAnswers.Case {
    /// The first output that is another; outputs that nobody kept are let be.
    fileprivate func departure(of found: [InferenceTensor], _ standard: Double) -> String? {
        for wanted in outputs {
            let name = Excerpt.line(wanted.name)
            guard let output = found.first(where: { $0.name == wanted.name }) else {
                return "the output '\(name)' is missing"
            }
            guard output.shape == wanted.shape else {
                return "'\(name)' has the shape \(output.shape), not \(wanted.shape)"
            }
            let place = zip(output.data, wanted.data).firstIndex {
                !InferenceContract.agree($0, $1, tolerance ?? standard)
                    && !($0.double?.isNaN ?? false && $1.double?.isNaN ?? false)
            }
            guard let place else { continue }
            let values = [output, wanted].map { Excerpt.line(RunTable.text($0.data[place])) }
            return "value \(place + 1) of '\(name)' is \(values[0]), not \(values[1])"
        }
        return nil
    }
}

extension Sequence {
    /// The place of the first that fits, counted from 0.
    fileprivate func firstIndex(where fits: (Element) -> Bool) -> Int? {
        for (place, element) in enumerated() where fits(element) { return place }
        return nil
    }
}

extension JSON {
    /// Whether all numbers in it are finite: others are written as `null`.
    fileprivate var isFinite: Bool {
        if let items = array { return items.allSatisfy(\.isFinite) }
        if let members { return members.allSatisfy(\.value.isFinite) }
        return double?.isFinite ?? true
    }
}
