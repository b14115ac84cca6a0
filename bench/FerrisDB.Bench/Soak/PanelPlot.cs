using System.Globalization;
using System.Net;
using System.Text;

namespace FerrisDB.Bench;

/// <summary>Draws figures over time: a panel for each, time to the right, what is allowed as a dashed line.</summary>
internal sealed class PanelPlot
{
    private const int Left = 90;
    private const int Width = 820;
    private const int PanelHeight = 110;
    private const int PanelGap = 34;
    private const int Top = 40;
    private const string Colour = "#b7410e";

    private readonly StringBuilder _svg = new();
    private readonly IReadOnlyList<double> _seconds;

    private PanelPlot(IReadOnlyList<double> seconds) => _seconds = seconds;

    /// <summary>Draws panels one below the other.</summary>
    /// <param name="seconds">When each value was taken.</param>
    /// <param name="panels">What each shows, and what is allowed; 0 is anything.</param>
    public static string Draw(
        IReadOnlyList<double> seconds, IReadOnlyList<(string Title, double[] Values, double Allowed)> panels)
    {
        var plot = new PanelPlot(seconds);
        var height = Top + (panels.Count * (PanelHeight + PanelGap));
        var width = Left + Width + 20;
        plot.Add($"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}'>");
        plot.Add($"<g font-family='sans-serif' font-size='11'>");
        plot.Add($"<rect width='{width}' height='{height}' fill='white'/>");
        for (var index = 0; index < panels.Count; index++)
        {
            var (title, values, allowed) = panels[index];
            plot.DrawPanel(title, values, allowed, Top + (index * (PanelHeight + PanelGap)));
        }
        plot.Add($"</g></svg>");
        return plot._svg.ToString();
    }

    private void DrawPanel(string title, double[] values, double allowed, int top)
    {
        var highest = Math.Max(values.Max(), allowed) * 1.05;
        var end = _seconds[^1];
        Text(Left, top - 6, title, "font-weight='bold'");
        Add($"<rect x='{Left}' y='{top}' width='{Width}' height='{PanelHeight}' fill='none' stroke='#cccccc'/>");
        Text(Left - 6, top + 10, Label(highest), "text-anchor='end'");
        Text(Left - 6, top + PanelHeight, "0", "text-anchor='end'");
        Text(Left + Width, top + PanelHeight + 12, Figures.Invariant($"{end:0} s"), "text-anchor='end'");
        if (allowed > 0)
            Add($"<path d='M{Left} {Y(allowed):0.#}H{Left + Width}' stroke='#888888' stroke-dasharray='4 3'/>");
        var points = string.Join(' ', values.Select((value, index) =>
            Figures.Invariant($"{Left + (Width * _seconds[index] / end):0.#},{Y(value):0.#}")));
        Add($"<polyline points='{points}' fill='none' stroke='{Colour}' stroke-width='1.5'/>");

        double Y(double value) => top + PanelHeight - (highest > 0 ? PanelHeight * value / highest : 0);
    }

    private static string Label(double value) => value >= 1000 ? Figures.Rate(value) : Figures.Number(value);

    private void Text(double x, double y, string text, string attributes) =>
        Add($"<text x='{x:0.#}' y='{y:0.#}' {attributes}>{WebUtility.HtmlEncode(text)}</text>");

    private void Add(FormattableString line) => _svg.AppendLine(line.ToString(CultureInfo.InvariantCulture));
}
