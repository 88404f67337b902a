import Domain
import Testing

@testable import Checks

/// Files that name only what is harmless and would still run what they choose, and archives that hide files (`make_chains.py`).
@Suite struct ChainedPickleTests {
    private func outcome(_ file: String) async throws -> Outcome {
        try await outcome(file, Fixture.bytes("pickles/\(file)"))
    }

    private func outcome(_ file: String, _ bytes: [UInt8]) async throws -> Outcome {
        var specimen = try Specimen.version("v1").setting("artifact", to: ["path": .string(file)])
        specimen.files[file] = bytes
        return try await specimen.run(SafePickle.self)
    }

    @Test(arguments: [
        ("array-called", "calls numpy.ndarray"), ("array-made", "makes numpy.ndarray with arguments"),
        ("array-not-empty", "calls numpy.core.multiarray._reconstruct"), ("array-set-twice", "twice"),
        ("interface", "sets __array_interface__ of collections.OrderedDict"),
        ("interface-slots", "sets __array_struct__"),
        ("interface-unknown", "a state that cannot be known"), ("ufunc", "calls numpy.absolute"),
        ("int", "calls builtins.int"), ("generator", "calls numpy.random._pickle.__generator_ctor"),
        ("generator-class", "calls numpy.random._pickle.__bit_generator_ctor"),
        ("reconstructor", "calls copyreg._reconstructor"), ("kept", "keeps numpy.ndarray as a value"),
        ("append", "puts values into sklearn.pipeline.Pipeline"), ("dtype-flags", "describes a dtype"),
        ("dtype-far", "describes a dtype"), ("dtype-late", "describes a dtype"),
        ("dtype-fields", "changes a state after it is given"),
    ])
    func `a step of a chain of harmless names fails`(name: String, words: String) async throws {
        let outcome = try await outcome("chain-\(name).pkl")
        #expect(outcome.verdict == .fail)
        #expect(outcome.words.contains(words), "\(outcome.words)")
        #expect(!outcome.words.contains("not known to be harmless"), "\(outcome.words)")
        #expect(!outcome.words.contains("cannot be followed") && !outcome.words.contains("can be followed"))
    }

    @Test(arguments: [2, 4, 5])
    func `values of Python and NumPy pass, and call only what they are made by`(number: Int) async throws {
        let outcome = try await outcome("honest-values-protocol\(number).pkl")
        #expect(outcome.verdict == .pass, "\(outcome.words)")
    }

    @Test func `numbers of the memo are read in every spelling of Python`() async throws {
        #expect(try await outcome("spelled-memo.sav").words.contains("imports os.system"))
        for text in [" 12\t", "+1_2", "012", "1_2\r"] {
            #expect(PickleNumber.spelled(Array(text.utf8)[...]) == 12, "\(text)")
        }
        for text in ["", "_1", "1_", "1__2", "1 2", "0x1", "--1"] {
            #expect(PickleNumber.spelled(Array(text.utf8)[...]) == nil, "\(text)")
        }
        #expect(PickleNumber.spelled(Array("-3".utf8)[...]) == -3)
    }

    @Test func `a call behind what cannot be followed is a finding, and a text that begins like a pickle is none`()
        async throws
    {
        #expect(try await outcome("unfollowed.sav").words.contains("no pickle that can be followed"))
        let text = try await outcome("notes", Array("No calls\ncome here.\nReally none.\n".utf8))
        #expect(text.verdict == .pass && text.summary.contains("holds no pickle"), "\(text.words)")
    }

    @Test(arguments: [
        ("hidden-entry.pt", "more than the 1 files"), ("overlap.pt", "lies over another"), ("twice.keras", "twice"),
        ("behind-bytes.keras", "directory is not where its end says"),
    ])
    func `an archive that readers take for different ones fails`(file: String, words: String) async throws {
        let outcome = try await outcome(file)
        #expect(outcome.verdict == .fail)
        #expect(outcome.words.contains(words), "\(outcome.words)")
    }

    @Test func `what is expanded of an archive has one limit`() throws {
        let bytes = try Fixture.bytes("pickles/packed.npz")
        let zip = try ZipDirectory(RandomAccessBytes(bytes), within: ByteBudget(1900))
        #expect(zip.entries.count == 2)
        #expect(try zip.bytes(of: zip.entries[0], atMost: 1 << 20).count == 928)
        #expect(try zip.bytes(of: zip.entries[1], atMost: 1 << 20).count == 928)
        #expect(throws: Malformed.self) { try zip.bytes(of: zip.entries[0], atMost: 1 << 20) }
    }

    @Test(arguments: [
        ("exec.keras", "imports builtins.exec"), ("unsafe.keras", "imports keras.config.enable_unsafe_deserialization"),
        ("download.keras", "imports keras.utils.get_file"), ("torch.keras", "TorchModuleWrapper"),
        ("two-values.keras", "gives one name two values"),
    ])
    func `a Keras configuration names layers of Keras and its functions, nothing else`(
        file: String, words: String
    ) async throws {
        let outcome = try await outcome(file)
        #expect(outcome.verdict == .fail)
        #expect(outcome.words.contains(words), "\(outcome.words)")
    }

    @Test func `functions of Keras pass by their names`() async throws {
        let outcome = try await outcome("functions.keras")
        #expect(outcome.verdict == .pass, "\(outcome.words)")
        #expect(KerasNames.contains("keras.src.models.functional", "Functional", function: nil))
        #expect(!KerasNames.contains("keras.models", "model_from_json", function: nil))
        #expect(!KerasNames.contains("kerasx.layers", "Dense", function: nil))
    }

    @Test(arguments: [
        #""class_name":  "Lambda""#, #""class_name" :"L\u0061mbda""#, "\"class_name\":\n\t\"Lambda\"",
        #""\u005f_lambda__""#, #""class_name":"\u004Cambda""#,
    ])
    func `a Lambda layer in HDF5 is found in every spelling of JSON`(spelling: String) async throws {
        let start: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
        let bytes = start + Array("{\(spelling)}".utf8)
        let outcome = try await self.outcome("model.h5", bytes)
        #expect(outcome.words.contains("Lambda layer"), "\(outcome.words)")
        // Also across the border of two windows.
        for step in 1...bytes.count {
            #expect(
                !(try KerasModel.scanText(RandomAccessBytes(bytes), name: "model.h5", step: step).dangers.isEmpty),
                "\(step)")
        }
        let other = start + Array(#"{"module":  "os", "class_name": "Dense"}"#.utf8)
        #expect(try await self.outcome("model.h5", other).words.contains("imports os.?"))
    }
}
