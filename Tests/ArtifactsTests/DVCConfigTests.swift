import Testing

@testable import Artifacts

struct DVCConfigTests {
    @Test func `reads remotes, the standard one and the cache; later files override`() {
        let shared = """
            [core]
                remote = store
                autostage = true
            ['remote "store"']
                url = s3://bucket/path
                region = eu-west-1
            # a comment
            ['remote "near"']
                url = ../../remote
            [cache]
                dir = /srv/cache
            """
        let local = "['remote \"store\"']\n  url = /mnt/store\n"
        let config = DVCConfig([Array(shared.utf8), Array(local.utf8)])
        #expect(config.standard == "store" && config.cache == "/srv/cache")
        #expect(config.remotes == ["store": "/mnt/store", "near": "../../remote"])
    }

    @Test(arguments: [
        ("\"/tmp/with space\"", "/tmp/with space"), ("'/a # b'", "/a # b"), ("/a#b", "/a"), ("/a # why", "/a"),
        ("\"/a\" # why", "/a"), ("\"it's\"", "it's"), ("/a b", "/a b"), ("\"", "\""), ("", ""),
    ])
    func `values are read as ConfigObj reads them`(text: String, value: String) {
        #expect(DVCConfig([Array("['remote \"a\"']\nurl = \(text)\n".utf8)]).remotes["a"] == value)
    }

    @Test func `addresses are local where they are paths`() {
        #expect(DVCConfig.localPath("/srv/x", from: nil) == "/srv/x")
        #expect(DVCConfig.localPath("file:///srv/x", from: nil) == "/srv/x")
        #expect(DVCConfig.localPath("../x", from: "/repo/.dvc") == "/repo/.dvc/../x")
        #expect(DVCConfig.localPath("../x", from: nil) == nil)
        #expect(DVCConfig.localPath("s3://bucket/x", from: "/repo/.dvc") == nil)
    }

    @Test func `survives any bytes`() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            let alphabet = Array("[]'\"=# \nremote core url\u{0}é".utf8)
            _ = DVCConfig([(0..<60).map { _ in alphabet.randomElement(using: &generator) ?? 0 }])
        }
        #expect(DVCConfig([Array("[\n]=\n=\n['remote \"".utf8)]).remotes.isEmpty)
    }
}
