public import Domain

extension GitStore {
    /// Packs what has piled up, where the owner of the repository has not switched that off, and lets go of what nothing has referred to for two weeks. Call it on a timer.
    ///
    /// Reading from many loose or badly packed objects is up to 16 times slower. Where little has piled up it does
    /// nothing; other processes may use the repository meanwhile.
    public func maintain(
        environment: [String: String], timeout: Duration = .seconds(900), run: @escaping RunCommand
    ) async throws {
        guard try await configuration("gc.auto") != "0", try await configuration("maintenance.auto") != "false" else {
            return
        }
        removeLeftovers()
        let program = GitProgram(repository: commonPath, environment: environment, run: run)
        let result = await program.result(
            ["-c", "gc.auto=1000", "-c", "gc.autoDetach=false", "maintenance", "run", "--auto", "--quiet"],
            timeout: timeout)
        guard result.succeeded else { throw GitError(result, "maintain \(path)", timeout: timeout) }
    }

    /// Packs that a killed process was still writing; git clears away its own only, by their names.
    private func removeLeftovers() {
        let folder = "\(commonPath)/objects/pack"
        for name in Folder.names(in: folder) where name.hasPrefix("pack_git2_") {
            StaleLocks.remove("\(folder)/\(name)", olderThan: 86_400)
        }
    }
}
