import ArgumentParser
import Data
import Domain
import Glibc

/// Tables that the user names on the command line.
enum TableFile {
    /// How the user wants tables to be read, on two threads: the output does not depend on them.
    static func options(exact: Bool, _ table: TableOptions) -> ProfileOptions {
        ProfileOptions(table: table, exact: exact, threads: 2)
    }

    /// Throws where a file cannot be opened at all.
    static func require(_ file: String) throws {
        guard access(file, R_OK) == 0 else { throw FileFailure(path: file) }
    }

    /// - Parameter place: Which of several files it is, in words.
    static func profile(
        _ file: String, at place: String = "", _ options: ProfileOptions, _ progress: Progress
    ) throws(CouldNot) -> TableProfile {
        progress.tell("reading \(file)\(place)")
        var options = options
        options.watch = progress.watch
        do throws(DataError) {
            if let stored = try StoredProfile(file: file) { return stored.profile(for: options) }
            return try TableProfile(file: file, options: options)
        } catch {
            throw CouldNot(message: told(error, file))
        }
    }

    /// Of parts of one table, such as shards. A column that spells numbers in some parts only is of texts, as it would be in the whole:
    /// then they are read again.
    static func profile(
        partsOfOne files: [String], _ options: ProfileOptions, _ progress: Progress
    ) throws(CouldNot) -> TableProfile {
        var whole = try profile(files[0], at: place(0, of: files.count), options, progress)
        let areLines = files.allSatisfy { TextFormat(fileName: $0) == .jsonLines }
        for (index, file) in files.enumerated().dropFirst() {
            let part = try profile(file, at: place(index, of: files.count), options, progress)
            let mixed = whole.columnsOfBothKinds(with: part)
            guard mixed.isSubset(of: options.textColumns) else {
                var options = options
                options.textColumns.formUnion(mixed)
                return try profile(partsOfOne: files, options, progress)
            }
            do throws(DataError) { whole = try whole.merged(with: part, lackingIsNull: areLines) } catch {
                throw CouldNot(message: told(error, file))
            }
        }
        return whole
    }

    /// Which of several files it is, in words.
    static func place(_ index: Int, of count: Int) -> String { count > 1 ? " (\(index + 1) of \(count))" : "" }

    /// Of Parquet, delimited text or JSON Lines, the latter two also compressed with gzip or zstd.
    static func predictions(
        _ file: String, task: ModelTask, columns: PredictionColumns, options: TableOptions
    ) throws -> Predictions {
        FreedMemory.keep()
        let bytes = try LocalFile.bytes(of: file)
        do {
            if bytes.starts(with: Array("PAR1".utf8)) {
                let table = try ParquetFile(path: file)
                try RowLimit.refuse(rows: table.rows)
                return try Predictions(table, task: task, columns: columns)
            }
            return try Predictions(
                try Decompression.expanded(bytes, limitsRows: true), task: task, columns: columns,
                format: .init(fileName: file),
                options: options)
        } catch {
            if error.isAskedWrong { throw WrongUse(told(error, file)) }
            throw CouldNot(message: told(error, file))
        }
    }

    static func told(_ error: DataError, _ file: String) -> String {
        let place = [error.line, error.column].compactMap { $0.map { ":\($0)" } }.joined()
        return "\(file)\(place): \(error.message); \(error.remedy)"
    }
}
