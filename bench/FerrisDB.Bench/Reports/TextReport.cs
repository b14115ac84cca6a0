using System.Text;

namespace FerrisDB.Bench;

/// <summary>The report on a terminal.</summary>
internal static class TextReport
{
    public static string Write(BenchReport report)
    {
        var text = new StringBuilder();
        text.AppendLine(ReportTables.Setting(report)).AppendLine();
        text.AppendLine("operations/s (p50/p99/p99.9 us) sHIGHEST/LOWEST round; medians over the rounds;");
        text.AppendLine("ratios are medians of each round's ratio, above 1 is faster").AppendLine();
        text.AppendLine(ReportTables.Speed(report).ToText());
        text.AppendLine(ReportTables.Resources(report).ToText());
        foreach (var work in ReportTables.Work(report))
            text.AppendLine(work.ToText());
        if (ReportTables.Transactions(report) is { IsEmpty: false } transactions)
            text.AppendLine(transactions.ToText());
        foreach (var remark in ReportTables.Remarks(report))
            text.AppendLine(remark);
        return text.ToString();
    }
}
