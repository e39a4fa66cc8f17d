import Foundation
import Testing

/// The checks of DiT, DeCo and PixNerd notice what is wrong.
@Suite struct FamilyGoldenTests {
    @Test(arguments: [
        ("dit_baseline_c2i", "outputs.s_out"), ("dit_baseline_c2i", "grads.blocks.3.mlp.w1.weight"),
        ("dit_baseline_c2i", "outputs.loss"), ("deco_c2i", "outputs.s_out"),
        ("deco_c2i", "grads.dec_net.res_blocks.1.in_ln.bias"), ("deco_c2i", "grads.input.x"),
        ("deco_freq_loss", "outputs.q85_pad.dct_pred"), ("deco_freq_loss", "outputs.q85.freq_w"),
        ("deco_freq_loss", "grads.q85.v_pred"), ("deco_train_step", "outputs.cos_loss"),
        ("deco_train_step", "grads.diffusion_trainer.proj.0.2.weight"), ("pixnerd_c2i", "outputs.out"),
        ("pixnerd_c2i", "grads.blocks.3.param_generator1.0.bias"),
        ("layers_dit", "outputs.attention_dit_boolmask.out"), ("layers_dit", "outputs.rope_dit_hd72_5x7.sin"),
        ("layers_dit", "outputs.final_dit.out"),
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

    @Test(arguments: [
        ("dit_baseline_c2i", "\"hidden_size\": 64", "\"hidden_size\": 4000"),
        ("dit_baseline_c2i", "\"num_groups\": 4", "\"num_groups\": 5"),
        ("dit_baseline_c2i", "\"num_blocks\": 4", "\"num_blocks\": -3"),
        ("dit_baseline_c2i", "\"patch_size\": 4", "\"patch_size\": 0"),
        ("dit_baseline_c2i", "\"in_channels\": 3", "\"in_channels\": 4"),
        ("dit_baseline_c2i", "\"num_classes\": 10", "\"num_classes\": 3"),
        ("deco_c2i", "\"num_cond_blocks\": 3", "\"num_cond_blocks\": 5"),
        ("deco_c2i", "\"num_blocks\": 5", "\"num_blocks\": -9223372036854775808"),
        ("deco_c2i", "\"hidden_size_x\": 16", "\"hidden_size_x\": 1000000000"),
        ("deco_train_step", "\"align_layer\": 2", "\"align_layer\": 9"),
        ("deco_train_step", "\"freq_quality\": 85", "\"freq_quality\": 0"),
        ("deco_freq_loss", "\"quality\": 85", "\"quality\": 101"), ("deco_freq_loss", "\"H\": 16", "\"H\": 8"),
        ("pixnerd_c2i", "\"nerf_mlpratio\": 2", "\"nerf_mlpratio\": 0"),
        ("pixnerd_c2i", "\"patch_size\": 4", "\"patch_size\": 5"),
    ])
    func aConfigurationThatDoesNotFitFails(_ name: String, _ old: String, _ new: String) throws {
        let report = try FixtureFolder.run(
            name,
            changingText: { text in
                text.range(of: old).map { text.replacingCharacters(in: $0, with: new) } ?? text
            })
        #expect(report.verdict == .fail)
        #expect(!report.reason.isEmpty)
    }
}
