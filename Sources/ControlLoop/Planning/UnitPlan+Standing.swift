public import Domain

extension UnitPlan {
    /// What runs and what is to run, in one sentence: what the branch names need not run yet.
    public func standing(_ status: DeploymentStatus?) -> String {
        let wanted = "\(current?.label ?? "nothing") of \(unit.model)"
        guard let status else {
            return current == nil
                ? "\(unit.environment) runs \(wanted)"
                : "\(unit.environment) is to run \(wanted), which the controller has not seen yet"
        }
        let hold = status.hold.map { "; held since \($0.at): \($0.cause)" } ?? ""
        let state = "\(status.state.rawValue) since \(status.since) (\(status.reason))\(hold)"
        guard status.pin?.revision == current?.revision else {
            let last = "\(status.pin?.label ?? "nothing"), \(state)"
            return
                "\(unit.environment) is to run \(wanted), which the controller has not acted on; its last word: \(last)"
        }
        let isThere = status.state != .pending && status.state != .stalled
        return "\(unit.environment) \(isThere ? "runs" : "is to run") \(wanted): \(state)"
    }
}
