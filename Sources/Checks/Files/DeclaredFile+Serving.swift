import Domain

extension DeclaredFile {
    private static let logParts = [
        Part.optional("ts", about: "when it was asked, such as 2026-11-21T09:30:00Z"),
        .optional("request_id", about: "names the request"),
        .optional("model", about: "whose answer it is, where a log is of several"),
        .optional("version", about: "which version answered: its tag's name or its commit"),
        .optional("client", about: "who asked"), .optional("features", about: "an object of the features by name"),
        .optional("prediction", about: "the answer"), .optional("score", about: "its probability"),
        .optional("latency_ms", about: "how long it took"),
    ]

    private static let logExample = """
        {"ts": "2026-11-21T09:30:00Z", "request_id": "q1", "version": "v1.0.0", "client": "app-a", "features": {"mean_radius": 14.2}, \
        "prediction": 1, "score": 0.93, "latency_ms": 4.1}
        """

    static let servingLog = DeclaredFile(
        "spec.serving.log", "JSON Lines, an object for each request", logParts, example: logExample)

    static let replayedLog = DeclaredFile(
        "spec.serving.log", "JSON Lines, an object for each request, which can be sent again",
        logParts.map { part in
            guard let name = part.names.first, ["request_id", "version", "features"].contains(name) else { return part }
            return Part.needed(name, about: part.about)
        }, example: logExample)

    static let baselineLog = DeclaredFile(
        "spec.evaluation.baseline.log", "JSON Lines as spec.serving.log, for the latency_ms of the simpler model",
        logParts,
        example: logExample)

    static let labels = DeclaredFile(
        "spec.serving.labels", "\(table), a row for each label that has come",
        [
            .needed("request_id", "id", about: "the request of the serving log"),
            .needed("label", "target", "y", about: "what was true"),
        ],
        example: """
            request_id,label
            q1,1
            """)

    static let golden = DeclaredFile(
        "spec.serving.golden", "JSON Lines, an object for each request that must be answered as it was",
        [
            .needed("request", about: "the request as it was sent, of the Open Inference Protocol v2"),
            .needed("response", about: "the answer as it came"),
            .optional("tolerance", about: "how far a number may be from it, in place of the check's"),
        ],
        example: """
            {"request": {"inputs": [{"name": "x", "shape": [1, 2], "datatype": "FP64", "data": [0.5, 1]}]}, \
            "response": {"outputs": [{"name": "y", "shape": [1], "datatype": "FP64", "data": [0.93]}]}}
            """)

    static let offline = DeclaredFile(
        "offline", "\(table), the features of served requests as training computes them",
        [
            .needed("request_id", about: "the request of the serving log; the setting key says another name"),
            .needed("mean_radius", about: "a feature, as is every other column that is served"),
        ],
        example: """
            request_id,mean_radius
            q1,14.2
            """)

    static let trace = DeclaredFile(
        "trace", "JSON Lines or another table, a row for each step of an example",
        [
            .needed("example", "request_id", "id", about: "the example, or the request of the serving log"),
            .needed("name", "tensor", "step", about: "what the step is called"),
            .optional("output", about: "what it gave; that of the last step is held against the serving log"),
        ],
        example: """
            {"request_id": "q1", "step": 1, "name": "scaled", "output": 0.7}
            {"request_id": "q1", "step": 2, "name": "score", "output": 0.93}
            """)

    static let pipeline = DeclaredFile(
        "file", "JSON Lines, an object for each stage of a run",
        [
            .needed(
                "stage",
                about: "data, features, train, evaluate, package, serve or predict, or as the setting stages says"),
            .needed("status", about: "passed, or how else it ended"),
            .optional("inputs", about: "the digests of what it took"),
            .optional("outputs", about: "the digests of what it made"),
            .optional("start", about: "when it started"), .optional("end", about: "when it ended"),
            .optional("commit", about: "all digits of the commit that it ran at"),
            .optional("artifact_digest", about: "the artifact that it was about"),
        ],
        example: """
            {"stage": "data", "status": "passed", "start": "2026-11-21T09:00:00Z", "end": "2026-11-21T09:05:00Z", "outputs": ["sha256:ab"]}
            {"stage": "features", "status": "passed", "start": "2026-11-21T09:05:00Z", "end": "2026-11-21T09:09:00Z", "inputs": ["sha256:ab"]}
            """)

    static let canary = DeclaredFile(
        "file", "\(table), a row for each step of the rollout",
        [
            .needed("share", about: "the traffic that it took: a part of one, or percent if any is above 1"),
            .needed("requests", about: "how many it answered"), .needed("errors", about: "how many of them failed"),
            .needed("baseline_requests", about: "the same of the version beside it"),
            .needed("baseline_errors", about: "how many of those failed"),
            .optional("minutes", about: "how long the step lasted"),
            .needed("p95_ms", about: "the 95th percentile of its answers"),
            .needed("baseline_p95_ms", about: "that beside it"),
            .optional("slow", about: "for p95_ms: requests slower than baseline_p95_ms and maxLatencyIncrease of it"),
            .optional("all_requests", about: "how many requests there were in all"),
            .optional("score_psi", about: "how far the scores' distribution is from that beside it"),
            .optional("value_mean", about: "what a request brings, on average"),
            .optional("value_sd", about: "its standard deviation"),
            .optional("baseline_value_mean", about: "the former beside it"),
            .optional("baseline_value_sd", about: "the latter beside it"),
            .optional("version", about: "which version it was: its tag's name or its commit"),
            .optional("artifact_digest", about: "which artifact it was"),
        ],
        example: """
            share,requests,errors,baseline_requests,baseline_errors,minutes,p95_ms,baseline_p95_ms
            0.05,2400,3,45600,61,30,41,40
            0.25,12000,14,36000,49,30,40,40
            """)

    static let usage = DeclaredFile(
        "usage", "\(table), a row for each server and minute, or whatever time is usual",
        [
            .needed("ts", about: "when, such as 2026-11-21T09:30:00Z"),
            .optional("instance", about: "which server, where there are several"),
            .optional("uptime_seconds", about: "since its start, which tells a start anew"),
            .optional("latency_ms", about: "how long answers took; the setting usageMeasures names such columns"),
            .optional("rss_bytes", about: "the memory that it took; the setting memory says another name"),
            .optional("cpu_seconds", about: "the processor's time in that minute"),
            .optional("requests", about: "how many it answered in that minute"),
            .optional("version", about: "which version it served: its tag's name or its commit"),
            .optional("artifact_digest", about: "which artifact it served"),
        ],
        example: """
            ts,instance,uptime_seconds,latency_ms,rss_bytes,cpu_seconds,requests
            2026-11-21T09:30:00Z,a,3600,4.1,81264640,2.5,600
            2026-11-21T09:31:00Z,a,3660,4.3,81268736,2.6,620
            """)
}
