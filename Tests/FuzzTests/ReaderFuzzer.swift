#if FUZZER
    import Glibc

    /// libFuzzer's own loop, from `libclang_rt.fuzzer_no_main`.
    @_silgen_name("LLVMFuzzerRunDriver")
    private func runDriver(
        _ count: UnsafeMutablePointer<Int32>,
        _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
        _ callback: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
    ) -> Int32

    /// Feeds one reader, which the variable READER names, with bytes that libFuzzer makes up. `make fuzz` builds and runs it.
    @main enum ReaderFuzzer {
        static func main() {
            let name = getenv("READER").map { String(cString: $0) } ?? ""
            guard Reader(rawValue: name) != nil else {
                print(Reader.allCases.map(\.rawValue).joined(separator: "\n"))
                return
            }
            var count = CommandLine.argc
            var arguments = CommandLine.unsafeArgv
            exit(
                runDriver(&count, &arguments) { data, size in
                    let reader = getenv("READER").flatMap { Reader(rawValue: String(cString: $0)) }
                    reader?.read(Array(UnsafeBufferPointer(start: data, count: size)))
                    return 0
                })
        }
    }
#endif
