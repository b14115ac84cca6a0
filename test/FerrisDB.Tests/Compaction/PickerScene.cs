using System.Globalization;
using System.Text;
using FerrisDB.Storage;
using FerrisDB.TestKit;

namespace FerrisDB.Tests.Compaction;

// The commands of the golden scripts in golden/picker. Keys are the letters from a to z.
//
//     options l1-size=256MiB table-size=32MiB multiplier=10 compression=none,lz4
//     table   level=0 number=7 keys=c-m size=64MiB versions=10-20 tombstones=30 older-versions=10      (of 100 entries)
//     fill    level=6 number=10 count=13 size=64MiB      so many tables beside each other, from a to z
//     clear   table=7 keys=a-z version=15                a range tombstone in table 7
//     read    snapshots=5,8 floor=20
//     pick                                               starts the compaction that is chosen, and draws it
//     ask     keys=a-m                                   asks for a compaction; step starts its next one
//     finish                                             carries out all that runs
//     targets, debt
//
// In a drawing, tables that sink are filled with =, those that they are merged with +, those of compactions that run
// already with a dot, and all others with -.

/// <summary>A tree that a script describes, and what the picker makes of it.</summary>
internal sealed class PickerScene
{
    private const int LetterWidth = 3;

    private readonly Dictionary<long, List<RangeTombstone>> _cleared = [];
    private readonly List<CompactionPlan> _running = [];
    private StorageOptions _options = new() { CompressionPerLevel = [Compression.None] };
    private TableSet _tables = new();
    private ManualCompaction? _manual;
    private long[] _boundaries = [1_000];
    private long _fileNumber = 100;

    public string? Execute(GoldenCommand command) => command.Name switch
    {
        "options" => SetOptions(command),
        "table" => AddTable(command),
        "fill" => Fill(command),
        "clear" => Clear(command),
        "read" => SetBoundaries(command),
        "pick" => Draw(Picker.Pick(_tables, _running, _boundaries, RangeTombstonesOf)),
        "ask" => Ask(command),
        "step" => Step(),
        "finish" => Finish(),
        "targets" => DrawTargets(),
        "debt" => "debt: " + ByteCount.Format(CompactionDebt.EstimateBytes(_tables, _options)),
        _ => throw command.Unknown(),
    };

    private CompactionPicker Picker => new(_options);

    private string? SetOptions(GoldenCommand command)
    {
        _options = _options with
        {
            L1SizeBytes = command.Size("l1-size", _options.L1SizeBytes),
            TableSizeBytes = command.Size("table-size", _options.TableSizeBytes),
            LevelSizeMultiplier = command.Int("multiplier", _options.LevelSizeMultiplier),
            CompressionPerLevel = command.Optional("compression") is { } list
                ? [.. list.Split(',').Select(name => Enum.Parse<Compression>(name, ignoreCase: true))]
                : _options.CompressionPerLevel,
        };
        return null;
    }

    private string? AddTable(GoldenCommand command)
    {
        var versions = (command.Optional("versions") ?? "1-1").Split('-');
        Add(command.Int("level"), new TableMetadata(
            command.Long("number"),
            command.Size("size", 32 << 20),
            Span(command["keys"]),
            long.Parse(versions[0], CultureInfo.InvariantCulture),
            long.Parse(versions[^1], CultureInfo.InvariantCulture),
            EntryCount: 100,
            command.Long("tombstones", 0),
            command.Long("range-tombstones", 0),
            OlderVersionCount: command.Long("older-versions", 0)));
        return null;
    }

    private string? Fill(GoldenCommand command)
    {
        var (count, number) = (command.Int("count"), command.Long("number"));
        var (level, size) = (command.Int("level"), command.Size("size", 32 << 20));
        var letters = 26 / count;
        for (var index = 0; index < count; index++)
        {
            var last = index == count - 1 ? 'z' : (char)('a' + (letters * (index + 1)) - 1);
            var span = Span($"{(char)('a' + (letters * index))}-{last}");
            Add(level, new TableMetadata(number + index, size, span, 1, 1, 100, 0, 0));
        }
        return null;
    }

    private string? Clear(GoldenCommand command)
    {
        var span = Span(command["keys"]);
        var tombstone = new RangeTombstone(span.Begin, span.End, command.Long("version"));
        if (!_cleared.TryAdd(command.Long("table"), [tombstone]))
            _cleared[command.Long("table")].Add(tombstone);
        return null;
    }

    private string? SetBoundaries(GoldenCommand command)
    {
        _boundaries = [.. command.Longs("snapshots"), command.Long("floor")];
        return null;
    }

    private string? Ask(GoldenCommand command)
    {
        _manual = new ManualCompaction(command.Optional("keys") is { } keys ? Span(keys) : null);
        return null;
    }

    private string Step()
    {
        var plan = Picker.PickManual(_tables, _manual!, _running, _boundaries, out var mustWait);
        return mustWait ? "must wait" : Draw(plan);
    }

    private string? Finish()
    {
        foreach (var plan in _running)
        {
            var removed = plan.Inputs.Select(table => new TablePlace(plan.Level, table.FileNumber))
                .Concat(plan.Overlapped.Select(table => new TablePlace(plan.OutputLevel, table.FileNumber)));
            var added = plan switch
            {
                { DropsWithoutReading: true } => [],
                { IsTrivialMove: true } =>
                    plan.Inputs.Select(table => new PlacedTable(plan.OutputLevel, table.Metadata)),
                _ => [new PlacedTable(plan.OutputLevel, Merged(plan))],
            };
            Apply(new ManifestEdit { RemovedTables = [.. removed], AddedTables = [.. added] });
        }
        _running.Clear();
        return null;
    }

    // One table, however large: scripts look at what is chosen, not at what is written.
    private TableMetadata Merged(CompactionPlan plan) => new(
        _fileNumber++, plan.SizeBytes, plan.Range,
        plan.Tables.Min(table => table.Metadata.OldestVersion), plan.Tables.Max(table => table.Metadata.NewestVersion),
        EntryCount: 100, TombstoneCount: 0, RangeTombstoneCount: 0);

    private string Draw(CompactionPlan? plan)
    {
        var text = new StringBuilder("   ");
        for (var letter = 'a'; letter <= 'z'; letter++)
            text.Append(letter.ToString().PadRight(LetterWidth));
        TrimLine(text);
        for (var level = 0; level < TableSet.LevelCount; level++)
        {
            var lines = _tables.Level(level).ToArray().GroupBy(table => level == 0 ? table.FileNumber : 0);
            foreach (var line in lines)
                DrawLine(text, level, line, plan);
        }
        text.Append(Describe(plan)).Append("\n\n");
        if (plan is not null)
            _running.Add(plan);
        return text.ToString();
    }

    private void DrawLine(StringBuilder text, int level, IEnumerable<TableHandle> tables, CompactionPlan? plan)
    {
        var line = new string(' ', 26 * LetterWidth).ToCharArray();
        foreach (var table in tables)
        {
            var first = (table.Span.Begin[0] - 'a') * LetterWidth;
            var behind = (table.Span.End[0] - 'a' + 1) * LetterWidth;
            line.AsSpan(first, behind - first).Fill(MarkOf(table, plan));
            (line[first], line[behind - 1]) = ('[', ']');
            table.FileNumber.ToString(CultureInfo.InvariantCulture).CopyTo(line.AsSpan(first + 1));
        }
        text.Append(CultureInfo.InvariantCulture, $"L{level} ").Append(line);
        TrimLine(text);
    }

    private char MarkOf(TableHandle table, CompactionPlan? plan) =>
        plan is not null && plan.Inputs.Contains(table) ? '='
        : plan is not null && plan.Overlapped.Contains(table) ? '+'
        : _running.Any(other => other.Tables.Contains(table)) ? '.'
        : '-';

    private static string Describe(CompactionPlan? plan)
    {
        if (plan is null)
            return "nothing to do";
        var what = plan.DropsWithoutReading ? "drop"
            : plan.IsTrivialMove ? "move"
            : plan.Level == plan.OutputLevel ? "rewrite"
            : "merge";
        var bottom = plan.IsBottom ? ", the bottom for these keys" : "";
        return $"{what} L{plan.Level} -> L{plan.OutputLevel}, {ByteCount.Format(plan.SizeBytes)}{bottom}: "
            + $"{plan.Reason}";
    }

    private string DrawTargets()
    {
        var targets = new LevelTargets(_tables, _options);
        var text = new StringBuilder();
        for (var level = 0; level < TableSet.LevelCount; level++)
        {
            var score = targets.Score(level, new HashSet<TableHandle>());
            var size = ByteCount.Format(_tables.LevelSizeBytes(level));
            var target = level == 0 ? "" : $" of {ByteCount.Format(targets.TargetBytes(level))}";
            var mark = level == targets.BaseLevel ? "  <- base" : "";
            text.Append(CultureInfo.InvariantCulture, $"L{level}  {size}{target}, score {score:0.##}{mark}\n");
        }
        return text.ToString();
    }

    private void Add(int level, TableMetadata metadata) =>
        Apply(new ManifestEdit { AddedTables = [new PlacedTable(level, metadata)] });

    private void Apply(ManifestEdit edit) => _tables = _tables.Apply(edit, metadata => new TableHandle(metadata));

    private RangeTombstoneSet RangeTombstonesOf(TableHandle table) =>
        RangeTombstoneSet.Build(_cleared.GetValueOrDefault(table.FileNumber) ?? []);

    private static void TrimLine(StringBuilder text)
    {
        while (text[^1] == ' ')
            text.Length--;
        text.Append('\n');
    }

    // From the first key to the last, both included.
    private static KeyRange Span(string keys) => new([(byte)keys[0]], [(byte)keys[^1], 0]);
}
