/// Runs the commands of models: on this machine, or wherever a program of this machine takes them.
public protocol Engine: Plugin {
    /// Where the folders of jobs are made. Whatever runs a job has to see its folder under the same path.
    var folder: String { get }
    /// Runs a job to its end. Where its time is over, or the task is cancelled, the job ends, too.
    func run(_ job: Job, by run: @escaping RunCommand) async -> CommandResult
}
