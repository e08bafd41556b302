package dev.parley.cli.eval;

import dev.parley.cli.WrongUsage;
import dev.parley.eval.bias.Bbq;
import dev.parley.eval.bias.BiasSuite;
import dev.parley.eval.bias.Blimp;
import dev.parley.eval.bias.ChineseProbes;
import dev.parley.eval.bias.CrowsPairs;
import dev.parley.eval.bias.StereoSet;
import dev.parley.eval.bias.WinoBias;
import java.nio.file.Path;

/** Bias suites by their names on the command line. */
final class Suites {

    static final String NAMES = "crows-pairs, stereoset, winobias, bbq, blimp, chinese";

    private Suites() {}

    /** @param data may be null for a suite that comes with Parley */
    static BiasSuite open(String name, Path data) {
        if (name.equals("chinese")) return ChineseProbes.ours();
        if (data == null) throw new WrongUsage("Name the suite's file by --data; it is not part of Parley.");
        return switch (name) {
            case "crows-pairs" -> CrowsPairs.read(data);
            case "stereoset" -> StereoSet.read(data);
            case "winobias" -> WinoBias.read(data);
            case "bbq" -> Bbq.read(data);
            case "blimp" -> Blimp.read(data);
            default -> throw new WrongUsage("There is no suite \"" + name + "\"; those known are " + NAMES + ".");
        };
    }
}
