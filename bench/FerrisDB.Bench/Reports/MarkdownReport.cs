using System.Text;

namespace FerrisDB.Bench;

/// <summary>The report as a part of a page.</summary>
internal static class MarkdownReport
{
    public static string Write(BenchReport report)
    {
        var text = new StringBuilder();
        text.AppendLine(ReportTables.Setting(report)).AppendLine();
        text.AppendLine("Operations per second (p50/p99/p99.9 in µs), sHIGHEST/LOWEST round; medians over the rounds.");
        text.AppendLine("A ratio is the median of each round's ratio; above 1 is faster.").AppendLine();
        text.AppendLine(ReportTables.Speed(report).ToMarkdown());
        text.AppendLine(ReportTables.Resources(report).ToMarkdown());
        foreach (var work in ReportTables.Work(report))
            text.AppendLine(work.ToMarkdown());
        if (ReportTables.Transactions(report) is { IsEmpty: false } transactions)
            text.AppendLine(transactions.ToMarkdown());
        foreach (var remark in ReportTables.Remarks(report))
            text.AppendLine($"- {remark}");
        text.AppendLine();
        foreach (var engine in report.Engines)
            text.AppendLine($"- **{engine.Name}** {engine.Version}: {engine.Notes}");
        return text.ToString();
    }
}
