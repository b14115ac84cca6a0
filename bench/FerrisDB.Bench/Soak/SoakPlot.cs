using System.Globalization;
using System.Net;
using System.Text;

namespace FerrisDB.Bench;

/// <summary>Draws the samples of a soak: a panel for each figure, time to the right, what is allowed in grey.</summary>
internal sealed class SoakPlot
{
    private const int Left = 90;
    private const int Width = 820;
    private const int PanelHeight = 110;
    private const int PanelGap = 34;
    private const int Top = 40;
    private const string Colour = "#b7410e";

    private static readonly double DelayAllowedMs = Verdict.LongestDelay.TotalMilliseconds;

    private readonly StringBuilder _svg = new();
    private readonly IReadOnlyList<SoakSample> _samples;

    private SoakPlot(SoakReport report) => _samples = report.Samples;

    public static string Draw(SoakReport report) => new SoakPlot(report).DrawAll(report);

    private string DrawAll(SoakReport report)
    {
        (string Title, Func<SoakSample, double> Figure, double Allowed)[] panels =
        [
            ("operations/s", sample => sample.OperationsPerSecond, 0),
            ("p99.9, µs", sample => sample.P999Us, 0),
            ("space amplification", sample => sample.SpaceAmplification, SoakVerdict.SpaceAmplificationMax),
            ("anonymous memory, MB", sample => sample.AnonymousBytes / 1e6, MemoryAllowed(report)),
            ("longest delay by the engine, ms", sample => sample.LongestDelayMs, DelayAllowedMs),
        ];
        var height = Top + (panels.Length * (PanelHeight + PanelGap));
        var width = Left + Width + 20;
        Add($"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}'>");
        Add($"<g font-family='sans-serif' font-size='11'>");
        Add($"<rect width='{width}' height='{height}' fill='white'/>");
        for (var index = 0; index < panels.Length; index++)
        {
            var (title, figure, allowed) = panels[index];
            DrawPanel(title, figure, allowed, Top + (index * (PanelHeight + PanelGap)));
        }
        Add($"</g></svg>");
        return _svg.ToString();
    }

    private static double MemoryAllowed(SoakReport report) =>
        report.MemoryBudgetBytes == 0 ? 0 : (report.MemoryBudgetBytes + Verdict.MemoryAllowanceBytes) / 1e6;

    private void DrawPanel(string title, Func<SoakSample, double> figure, double allowed, int top)
    {
        var highest = Math.Max(_samples.Max(figure), allowed) * 1.05;
        var end = _samples[^1].Seconds;
        Text(Left, top - 6, title, "font-weight='bold'");
        Add($"<rect x='{Left}' y='{top}' width='{Width}' height='{PanelHeight}' fill='none' stroke='#cccccc'/>");
        Text(Left - 6, top + 10, Label(highest), "text-anchor='end'");
        Text(Left - 6, top + PanelHeight, "0", "text-anchor='end'");
        Text(Left + Width, top + PanelHeight + 12, Figures.Invariant($"{end:0} s"), "text-anchor='end'");
        if (allowed > 0)
            Add($"<path d='M{Left} {Y(allowed):0.#}H{Left + Width}' stroke='#888888' stroke-dasharray='4 3'/>");
        var points = string.Join(' ', _samples.Select(sample =>
            Figures.Invariant($"{Left + (Width * sample.Seconds / end):0.#},{Y(figure(sample)):0.#}")));
        Add($"<polyline points='{points}' fill='none' stroke='{Colour}' stroke-width='1.5'/>");

        double Y(double value) => top + PanelHeight - (highest > 0 ? PanelHeight * value / highest : 0);
    }

    private static string Label(double value) => value >= 1000 ? Figures.Rate(value) : Figures.Number(value);

    private void Text(double x, double y, string text, string attributes) =>
        Add($"<text x='{x:0.#}' y='{y:0.#}' {attributes}>{WebUtility.HtmlEncode(text)}</text>");

    private void Add(FormattableString line) => _svg.AppendLine(line.ToString(CultureInfo.InvariantCulture));
}
