import Swiffuse

/// One row of a table: a set of perceptual losses, all else equal.
struct Variant {
    /// For folders: "lpips".
    let key: String
    /// For tables: "+ LPIPS loss".
    let title: String
    /// λ₁; 0 for none.
    var lpips = 0.0
    /// λ₂; 0 for none.
    var pDINO = 0.0
    /// The first time that counts; 0 for all.
    var gate = 0.0

    /// The entries of a recipe's `losses`.
    func losses(_ encoders: Encoders) -> [RecipeValue] {
        let gate: RecipeValue = ["from": .number(self.gate), "convention": "paper"]
        var losses: [RecipeValue] = []
        if lpips > 0 { losses.append(encoders.lpips(weight: lpips, gate: gate)) }
        if pDINO > 0 { losses.append(encoders.pDINO(weight: pDINO, gate: gate)) }
        return losses
    }
}

/// What is compared.
enum Study: String, CaseIterable {
    /// Table 5 of the paper: one component after the other.
    case components
    /// Table 6 (a): the weight of LPIPS.
    case lambda1
    /// Table 6 (b): the weight of P-DINO.
    case lambda2
    /// Table 6 (d): the threshold of the gate.
    case gate

    var variants: [Variant] {
        switch self {
        case .components:
            [
                Variant(key: "baseline", title: "Baseline (JiT)"),
                Variant(key: "lpips", title: "+ LPIPS loss", lpips: 0.1),
                Variant(key: "p-dino", title: "+ P-DINO loss", lpips: 0.1, pDINO: 0.01),
                Variant(key: "gating", title: "+ noise gating", lpips: 0.1, pDINO: 0.01, gate: 0.3),
            ]
        case .lambda1:
            [0.05, 0.1, 0.5, 1].map { Variant(key: "lambda1-\($0)", title: "λ₁ = \($0)", lpips: $0) }
        case .lambda2:
            [0.005, 0.01, 0.02, 0.04].map {
                Variant(key: "lambda2-\($0)", title: "λ₂ = \($0)", lpips: 0.1, pDINO: $0)
            }
        case .gate:
            [0, 0.1, 0.3, 0.6].map {
                Variant(key: "gate-\($0)", title: "threshold \($0)", lpips: 0.1, pDINO: 0.01, gate: $0)
            }
        }
    }
}
