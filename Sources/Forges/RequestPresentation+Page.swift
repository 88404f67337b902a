import Domain

extension RequestPresentation {
    /// Shows the page. What fails about it alone is handed on, not thrown: a branch rule waits for the statuses all the same.
    func showPage(
        _ show: (Page) async throws -> PullRequest?
    ) async throws -> Result<PullRequest?, ForgeFailure> {
        guard let page else { return .success(nil) }
        do {
            return .success(try await show(page))
        } catch let failure as ForgeFailure where !failure.isGeneral {
            return .failure(failure)
        }
    }
}
