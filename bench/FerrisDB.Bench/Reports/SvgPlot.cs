using System.Globalization;
using System.Net;
using System.Text;

namespace FerrisDB.Bench;

/// <summary>
/// Draws every engine's median ratio to the baseline, one group of bars per workload, on a logarithmic axis.
/// </summary>
internal sealed class SvgPlot
{
    private const int LabelWidth = 150;
    private const int PlotWidth = 760;
    private const int ValueWidth = 60;
    private const int BarHeight = 9;
    private const int GroupGap = 8;
    private const int Top = 64;
    private const int Bottom = 24;

    // The subject stands out; its peers are muted.
    private const string SubjectColour = "#b7410e";
    private static readonly string[] Colours = ["#4c6a92", "#7fa3c7", "#8a9a5b", "#b8a9c9", "#999999", "#c2b280"];

    private readonly StringBuilder _svg = new();
    private readonly IReadOnlyList<Row> _rows;
    private readonly string[] _engines;
    private readonly string _baseline;
    private readonly double _lowest;
    private readonly double _highest;

    private SvgPlot(BenchReport report)
    {
        _engines = [.. report.Engines.Select(engine => engine.Name).Where(Ratios.Competes)];
        _baseline = _engines.Contains(Ratios.Baseline) ? Ratios.Baseline : _engines.FirstOrDefault() ?? "";
        _rows = [.. Row.Of(report).Where(row => _engines.Any(engine => row.RatioOf(engine, _baseline) is not null))];
        var ratios = _rows
            .SelectMany(row => _engines.Select(engine => row.RatioOf(engine, _baseline) ?? 1))
            .Append(1)
            .ToArray();
        _lowest = Math.Pow(2, Math.Floor(Math.Log2(ratios.Min())) - 0.2);
        _highest = Math.Pow(2, Math.Ceiling(Math.Log2(ratios.Max())) + 0.2);
    }

    public static string Draw(BenchReport report) => new SvgPlot(report).Draw();

    private string Draw()
    {
        var groupHeight = (_engines.Length * BarHeight) + GroupGap;
        var height = Top + (_rows.Count * groupHeight) + Bottom;
        var width = LabelWidth + PlotWidth + ValueWidth;
        Add($"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}'>");
        Add($"<g font-family='sans-serif' font-size='11'>");
        Add($"<rect width='{width}' height='{height}' fill='white'/>");
        Text(LabelWidth, 18, $"Speed relative to {_baseline} (= 1, logarithmic; right is faster)", "font-size='14'");
        DrawLegend();
        DrawGrid(height);
        for (var index = 0; index < _rows.Count; index++)
            DrawGroup(_rows[index], Top + (index * groupHeight));
        Add($"</g></svg>");
        return _svg.ToString();
    }

    private void DrawLegend()
    {
        for (var index = 0; index < _engines.Length; index++)
        {
            var x = LabelWidth + (index * 110);
            AddBar(x, 28, 10, 10, ColourOf(index));
            Text(x + 14, 37, _engines[index]);
        }
    }

    private void DrawGrid(int height)
    {
        for (var power = (int)Math.Ceiling(Math.Log2(_lowest)); power <= Math.Log2(_highest); power++)
        {
            var ratio = Math.Pow(2, power);
            var colour = power == 0 ? "#444444" : "#dddddd";
            var x = X(ratio);
            Add($"<line x1='{x:0.#}' y1='{Top - 6}' x2='{x:0.#}' y2='{height - Bottom}' stroke='{colour}'/>");
            Text(x, Top - 10, Figures.Invariant($"{ratio:0.####}"), "text-anchor='middle' fill='#666666'");
        }
    }

    private void DrawGroup(Row row, int y)
    {
        Text(LabelWidth - 8, y + (_engines.Length * BarHeight / 2) + 4, row.Label, "text-anchor='end'");
        for (var index = 0; index < _engines.Length; index++)
        {
            if (row.RatioOf(_engines[index], _baseline) is not { } ratio)
                continue;
            var (left, right) = (Math.Min(X(1), X(ratio)), Math.Max(X(1), X(ratio)));
            var top = y + (index * BarHeight);
            var length = Math.Max(1, right - left);
            AddBar(left, top, length, BarHeight - 1, ColourOf(index));
            if (_engines[index] == Ratios.Subject)
                Text(right + 4, top + BarHeight - 1, Figures.Ratio(ratio), $"font-size='9' fill='{SubjectColour}'");
        }
    }

    private void AddBar(double x, double y, double width, double height, string colour) =>
        Add($"<rect x='{x:0.#}' y='{y:0.#}' width='{width:0.#}' height='{height:0.#}' fill='{colour}'/>");

    private double X(double ratio) =>
        LabelWidth + (PlotWidth * Math.Log(ratio / _lowest) / Math.Log(_highest / _lowest));

    private string ColourOf(int engine) =>
        _engines[engine] == Ratios.Subject ? SubjectColour : Colours[engine % Colours.Length];

    private void Text(double x, double y, string text, string attributes = "") =>
        Add($"<text x='{x:0.#}' y='{y:0.#}' {attributes}>{WebUtility.HtmlEncode(text)}</text>");

    private void Add(FormattableString line) => _svg.AppendLine(line.ToString(CultureInfo.InvariantCulture));
}
