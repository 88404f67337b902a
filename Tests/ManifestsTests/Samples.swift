/// Texts that several tests read.
enum Samples {
    static let path = "environments/production/lending/credit-risk.yaml"

    static let deployment = """
        # The version that production runs.
        apiVersion: martlet.dev/v1
        kind: Deployment
        metadata:
          name: lending/credit-risk
          labels: {team: lending}
        spec:
          model: lending/credit-risk
          revision: 9f3c0b1d2e4f5a6b7c8d9e0f1a2b3c4d5e6f7a8b   # the only authority
          version: v1.4.0
          digest: sha256:3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f
        # the end

        """

    /// A deployment with this `spec`, indented as given.
    static func deployment(spec: String) -> String {
        "apiVersion: martlet.dev/v1\nkind: Deployment\nmetadata: {name: lending/credit-risk}\nspec:\(spec)"
    }
}
