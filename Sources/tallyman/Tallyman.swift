@main struct Tallyman { static func main() {} }
