import Yams

extension RecipeError {
    /// Puts what the YAML parser says on one line.
    init(syntax error: any Error) {
        guard let error = error as? YamlError else {
            self.init(.syntax, at: "", "the text is not YAML")
            return
        }
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            self.init(.syntax, at: "line \(mark.line), column \(mark.column)", "not YAML: \(problem)")
        case .duplicatedKeysInMapping(let keys, _):
            let key = Spelling.shortened(keys.first ?? "")
            self.init(.syntax, at: key, "the key is given twice in one map", advice: "keep one of them")
        case .reader(let problem, _, _, _), .writer(let problem), .emitter(let problem), .representer(let problem):
            self.init(.syntax, at: "", "not YAML: \(problem)")
        case .no, .memory, .dataCouldNotBeDecoded:
            self.init(.syntax, at: "", "the text is not YAML")
        }
    }
}
