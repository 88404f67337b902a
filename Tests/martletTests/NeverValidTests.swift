import Domain
import TestSupport
import Testing

/// A new manifest with a slip of the fingers was never valid: that is said by each command that could have shown what it is for.
struct NeverValidTests {
    private static let deployment = House.deployment("z").replacing("  model: z", with: "  mode: z")

    @Test func `a deployment that was never valid is named by plan and reconcile`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            try house.reconcile()
            try house.commit(["environments/dev/z.yaml": Self.deployment])
            let told = try house.martlet(["reconcile", "-C", house.origin])
            #expect(told.errors.contains("it was never valid, so nothing is deployed by it"), "\(told)")
            #expect(!told.errors.contains("its last valid state counts"))
            for command in [["plan"], ["reconcile", "--log", "none"], ["reconcile", "--dry-run", "--log", "none"]] {
                let text = try house.martlet(command + ["-C", house.origin])
                #expect(text.output.contains("environments/dev/z.yaml:5:3: error: "), "\(text)")
                #expect(!text.output.contains("Everything is as the branch says."), "\(text)")
                let json = try house.martlet(command + ["-C", house.origin, "--output", "json"])
                let found = try JSON(parsing: json.output)["diagnostics"]?.array
                #expect(found?.first?["file"] == "environments/dev/z.yaml" && found?.first?["line"] == 5, "\(json)")
            }
            try house.commit(["environments/dev/z.yaml": House.deployment("z")])
            let plan = try house.martlet(["plan", "-C", house.origin, "--output", "json"])
            #expect(try JSON(parsing: plan.output)["diagnostics"] == [])
        }
    }

    @Test func `a manifest that was valid once counts as it was then`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            try house.reconcile()
            try house.commit(["gates/g.yaml": House.gate().replacing("checks:", with: "check:")])
            let told = try house.martlet(["reconcile", "-C", house.origin])
            #expect(told.errors.contains("its last valid state counts"), "\(told)")
        }
    }

    @Test func `why says what is wrong in the file, not that it is not there`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            let settings = house.environment(.init(name: "new"))
            try house.push("z", right: 9)
            try house.commit([
                "environments/dev/z.yaml": Self.deployment,
                "environments/new/environment.yaml": settings.replacing("from:", with: "frm:"),
                "environments/new/tumor.yaml": House.deployment("tumor"),
            ])
            let deployment = try house.martlet(["why", "z", "dev", "-C", house.origin])
            #expect(
                deployment.code == 1 && deployment.errors.hasPrefix("environments/dev/z.yaml:5:3: "), "\(deployment)")
            #expect(deployment.errors.contains("it was never valid, so dev has no deployment of z"), "\(deployment)")
            let environment = try house.martlet(["why", "tumor", "new", "-C", house.origin])
            #expect(environment.code == 1, "\(environment)")
            #expect(environment.errors.hasPrefix("environments/new/environment.yaml:5:3: "), "\(environment)")
            #expect(environment.errors.contains("it was never valid, so nothing says what new is"), "\(environment)")
            let plan = try house.martlet(["plan", "-C", house.origin])
            #expect(plan.output.contains("environments/new/environment.yaml:5:3: error: "), "\(plan)")
        }
    }

    @Test func `an environment with a gate that was never valid is not said to have none`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            let settings = house.environment(.init(name: "new")).replacing("gate: g", with: "gate: g2")
            try house.commit([
                "environments/new/environment.yaml": settings,
                "environments/new/tumor.yaml": House.deployment("tumor"),
                "gates/g2.yaml": House.gate().replacing("name: g", with: "name: g2").replacing(
                    "checks:", with: "check:"),
            ])
            try house.push(right: 9)
            let why = try house.martlet(["why", "tumor", "new", "-C", house.origin])
            #expect(why.output.contains("blocked by manifest gates/g2.yaml"), "\(why)")
            #expect(!why.output.contains("no gate"), "\(why)")
        }
    }
}
