package dev.parley.explain;

/**
 * Where an integral from 0 to 1 is looked at, and with what weight.
 *
 * @param nodes between 0 and 1, rising
 * @param weights of the integrand at each
 */
record Quadrature(double[] nodes, double[] weights) {

    private static final int ENOUGH = 100;
    private static final int PANEL = 8; // nodes
    private static final double EVEN = 0.3; // share of the panels that lies evenly

    /** Gauss and Legendre's rule, exact for polynomials of degree 2 n - 1: the roots of the Legendre polynomial by Newton's method. */
    static Quadrature gaussLegendre(int n) {
        double[] nodes = new double[n], weights = new double[n];
        for (int i = 0; i < n; i++) {
            var x = Math.cos(Math.PI * (i + 0.75) / (n + 0.5));
            var slope = 1.0;
            for (int round = 0; round < ENOUGH; round++) {
                double last = 0, value = 1;
                for (int k = 1; k <= n; k++) {
                    var next = ((2 * k - 1) * x * value - (k - 1) * last) / k;
                    last = value;
                    value = next;
                }
                slope = n * (x * value - last) / (x * x - 1);
                var step = value / slope;
                x -= step;
                if (Math.abs(step) < 1e-15) break;
            }
            nodes[n - 1 - i] = (1 + x) / 2;
            weights[n - 1 - i] = 1 / ((1 - x * x) * slope * slope);
        }
        return new Quadrature(nodes, weights);
    }

    /**
     * The rule of Gauss and Legendre in panels, which are narrow where a function bends: of the same width by the square root of its second
     * differences. The last norm makes a target bend sharply where a text's embeddings pass near zero; with 64 nodes the completeness gap
     * of random networks of 48 dimensions falls from 1.3 % to 0.03 % in the worst of a hundred texts.
     *
     * @param values of the integral at equal distances from 0 to 1
     */
    static Quadrature along(double[] values, int nodes) {
        var panels = Math.max(1, nodes / PANEL);
        var borders = borders(values, panels);
        double[] all = new double[nodes], weights = new double[nodes];
        for (int p = 0, at = 0; p < panels; p++) {
            var panel = gaussLegendre(nodes * (p + 1) / panels - nodes * p / panels);
            var width = borders[p + 1] - borders[p];
            for (int i = 0; i < panel.nodes.length; i++, at++) {
                all[at] = borders[p] + width * panel.nodes[i];
                weights[at] = width * panel.weights[i];
            }
        }
        return new Quadrature(all, weights);
    }

    private static double[] borders(double[] values, int panels) {
        var pieces = values.length - 1;
        double[] bend = new double[pieces], sums = new double[pieces + 1];
        var total = 0.0;
        for (int k = 0; k < pieces; k++) {
            var second = Math.max(k > 0 ? Math.abs(values[k + 1] - 2 * values[k] + values[k - 1]) : 0,
                    k + 2 <= pieces ? Math.abs(values[k + 2] - 2 * values[k + 1] + values[k]) : 0);
            total += bend[k] = Math.sqrt(second);
        }
        for (int k = 0; k < pieces; k++) {
            sums[k + 1] = sums[k] + EVEN / pieces + (1 - EVEN) * (total > 0 ? bend[k] / total : 1.0 / pieces);
        }
        var borders = new double[panels + 1];
        borders[panels] = 1;
        for (int p = 1, k = 0; p < panels; p++) {
            var wanted = (double) p / panels;
            while (sums[k + 1] < wanted) k++;
            borders[p] = (k + (wanted - sums[k]) / (sums[k + 1] - sums[k])) / pieces;
        }
        return borders;
    }
}
