import Foundation
import SwiffuseTesting
import Testing

@Suite struct GoldenTests {
    @Test(arguments: [
        "adamw_ema", "ckpt_awkward", "ckpt_legacy", "ckpt_zip64", "deco_c2i", "deco_freq_loss", "deco_train_step",
        "dit_baseline_c2i", "dtype_casts", "image_files", "image_ops", "jit_dropout", "layers", "layers_dit", "metrics",
        "pixnerd_c2i", "sampler_grids", "samplers_jit", "samplers_misc", "time_and_guidance",
        "dinov2_tiny", "lpips_vgg16_procedural", "lpips_vgg_lins", "train_step",
    ])
    func matchesTheOfficialCode(_ name: String) throws {
        let report = try FixtureFolder.run(name)
        #expect(report.verdict == .pass, "\(report.reason)")
        let unsupported = report.results.filter(\.isUnsupported)
        #expect(unsupported.isEmpty, "\(unsupported.map(\.tensor))")
    }

    @Test(arguments: [
        ("adamw_ema", "outputs.wd.delta0"), ("adamw_ema", "outputs.t2i_clip.grad_norm"),
        ("image_ops", "outputs.bicubic_up.y"), ("image_ops", "grads.bilinear_aa_down.x"),
        ("jit_dropout", "outputs.out"), ("jit_dropout", "grads.blocks.1.mlp.w12.weight"),
        ("jit_dropout", "grads.input.x"), ("layers", "outputs.block_jit.out"),
        ("layers", "grads.patch_embed_plain.proj1.weight"), ("sampler_grids", "outputs.XL.timesteps"),
        ("samplers_jit", "outputs.adam4.v_traj_exact_coeffs"), ("samplers_misc", "outputs.sde_jit.x_traj"),
        ("dinov2_tiny", "outputs.80x48.layer2"), ("dinov2_tiny", "grads.64x64.raw_image"),
        ("lpips_vgg16_procedural", "outputs.per_layer"), ("train_step", "grads.lpips_loss_wrt_x_pred"),
        ("train_step", "grads.denoiser.blocks.1.mlp.w12.weight"), ("train_step", "outputs.adaptive_d_weight"),
        ("samplers_misc", "outputs.autoguide.v_traj"), ("time_and_guidance", "outputs.sched_gvp.drift"),
    ])
    func aChangedReferenceFails(_ name: String, _ tensor: String) throws {
        let report = try FixtureFolder.run(
            name,
            changingTensors: { data, file in
                try FixtureFolder.replaceValue(of: tensor, in: &data, file) { $0 * 1.05 + 0.02 }
            })
        #expect(report.verdict == .fail)
        #expect(report.results.filter(\.isFailure).map(\.tensor) == [tensor])
    }

    @Test(arguments: ["weights.blocks.3.attn.qkv.weight", "inputs.x", "inputs.t"])
    func aChangedInputFails(_ tensor: String) throws {
        let report = try FixtureFolder.run(
            "jit_dropout",
            changingTensors: { data, file in
                try FixtureFolder.replaceValue(of: tensor, in: &data, file) { $0 + 0.1 }
            })
        #expect(report.verdict == .fail)
    }

    @Test(arguments: ["outputs.euler_L.x_traj", "weights.pos_embed"])
    func valuesThatAreNotNumbersFail(_ tensor: String) throws {
        let report = try FixtureFolder.run(
            "samplers_jit",
            changingTensors: { data, file in
                try FixtureFolder.replaceValue(of: tensor, in: &data, file) { _ in .nan }
            })
        #expect(report.verdict == .fail)
        #expect(report.reason.contains("not a number"))
    }

    @Test func aRenamedReferenceFailsTwice() throws {
        let report = try FixtureFolder.run(
            "jit_dropout",
            changingTensors: { data, _ in
                guard let place = data.range(of: Data("\"outputs.out\"".utf8)) else { return }
                data.replaceSubrange(place, with: Data("\"outputs.oox\"".utf8))
            })
        let failures = report.results.filter(\.isFailure).map(\.tensor)
        #expect(failures == ["outputs.out", "outputs.oox"])
    }

    @Test func anUnknownKindIsUnsupportedAndDoesNotFail() throws {
        let report = try FixtureFolder.run(
            "sampler_grids",
            changingText: {
                $0.replacingOccurrences(of: "\"kind\": \"sampler_grids\"", with: "\"kind\": \"unheard_of\"")
            })
        #expect(report.verdict == .unsupported)
        #expect(report.reason.contains("unheard_of"))
        #expect(GoldenReport(device: "cpu", fixtures: [report]).exitStatus == 0)
    }

    @Test func unknownSamplersAreUnsupportedCaseByCase() throws {
        let report = try FixtureFolder.run(
            "samplers_jit",
            changingText: {
                $0.replacingOccurrences(of: "\"cls\": \"HeunSamplerJiT\"", with: "\"cls\": \"Heun3Sampler\"")
            })
        #expect(report.verdict == .pass)
        let unsupported = Set(report.results.filter(\.isUnsupported).map { $0.tensor.split(separator: ".")[1] })
        #expect(unsupported == ["heun_XL", "heun_inexact"])
    }

    /// A single step is the last, which is the ODE's unless `last_step_fn` says otherwise.
    @Test(arguments: ["EulerSamplerJiT", "HeunSamplerJiT"])
    func aSingleStepNeedsNoDraws(_ sampler: String) throws {
        let report = try FixtureFolder.run(
            "samplers_misc",
            changingText: { text in
                text.replacing(
                    /"cls": "EulerSamplerJiT",\s+"num_steps": 1,/,
                    with: "\"cls\": \"\(sampler)\", \"step_fn\": \"sde_step_fn\", \"num_steps\": 1,")
            })
        #expect(report.verdict == .pass, "\(report.reason)")
    }

    @Test func missingDrawsFail() throws {
        let report = try FixtureFolder.run(
            "samplers_misc",
            changingText: {
                $0.replacing(/"cls": "EulerSampler",/, with: "\"cls\": \"EulerSampler\", \"step_fn\": \"sde_step_fn\",")
            })
        #expect(report.verdict == .fail)
        #expect(report.reason.contains("step_noise"), "\(report.reason)")
    }

    @Test(arguments: [
        ("\"depth\": 6", "\"depth\": 5"), ("\"depth\": 6", "\"depth\": -1"), ("\"depth\": 6", "\"depth\": \"6\""),
        ("\"hidden_size\": 32", "\"hidden_size\": 4000"), ("\"num_heads\": 2", "\"num_heads\": 3"),
        ("\"patch_size\": 4", "\"patch_size\": 0"), ("\"input_size\": 16", "\"input_size\": 8000"),
        ("\"num_classes\": 6", "\"num_classes\": 2"), ("\"mlp_ratio\": 3.0", "\"mlp_ratio\": 1e300"),
        ("\"in_context_len\": 3", "\"in_context_len\": 0"), ("\"in_context_start\": 2", "\"in_context_start\": 9"),
        ("\"use_bottleneck\": true", "\"use_bottleneck\": false"), ("\"proj_drop\": 0.2", "\"proj_drop\": 0.0"),
        ("\"kind\"", "\"genus\""), ("\"config\"", "\"conf\""), ("\"tolerance\"", "\"leeway\""), ("{", "["),
    ])
    func aConfigurationThatDoesNotFitFails(_ old: String, _ new: String) throws {
        let report = try FixtureFolder.run(
            "jit_dropout",
            changingText: { text in
                text.range(of: old).map { text.replacingCharacters(in: $0, with: new) } ?? text
            })
        #expect(report.verdict == .fail)
        #expect(!report.reason.isEmpty)
    }

    @Test func aTruncatedFileFailsByName() throws {
        let report = try FixtureFolder.run("adamw_ema", changingTensors: { data, _ in data.removeLast(1000) })
        #expect(report.verdict == .fail)
        #expect(report.reason.contains("adamw_ema.safetensors"))
    }
}
