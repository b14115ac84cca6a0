using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FerrisDB.Cli;

/// <summary>
/// How every answer of the command is written as JSON: camelCase, one line, text as readable as JSON allows.
/// </summary>
[JsonSourceGenerationOptions(UseStringEnumConverter = true)]
[JsonSerializable(typeof(BackupCreateJson))]
[JsonSerializable(typeof(BackupKeyJson))]
[JsonSerializable(typeof(BackupListJson))]
[JsonSerializable(typeof(BackupPruneJson))]
[JsonSerializable(typeof(BackupVerifyJson))]
[JsonSerializable(typeof(BenchJson))]
[JsonSerializable(typeof(CheckpointJson))]
[JsonSerializable(typeof(CompactJson))]
[JsonSerializable(typeof(CountJson))]
[JsonSerializable(typeof(DirectoryJson))]
[JsonSerializable(typeof(DirectoryListJson))]
[JsonSerializable(typeof(EntryJson))]
[JsonSerializable(typeof(ErrorJson))]
[JsonSerializable(typeof(FileJson))]
[JsonSerializable(typeof(ImportJson))]
[JsonSerializable(typeof(ExportJson))]
[JsonSerializable(typeof(IReadOnlyList<MemTableJson>))]
[JsonSerializable(typeof(KeyHistoryJson))]
[JsonSerializable(typeof(KillJson))]
[JsonSerializable(typeof(LockJson))]
[JsonSerializable(typeof(LogLevelJson))]
[JsonSerializable(typeof(ThrottlesJson))]
[JsonSerializable(typeof(RepairJson))]
[JsonSerializable(typeof(RestoreJson))]
[JsonSerializable(typeof(ServerSettingsJson))]
[JsonSerializable(typeof(StatsJson))]
[JsonSerializable(typeof(OptionsJson))]
[JsonSerializable(typeof(StatusJson))]
[JsonSerializable(typeof(WatchJson))]
[JsonSerializable(typeof(TenantJson))]
[JsonSerializable(typeof(TenantListJson))]
[JsonSerializable(typeof(TlsFilesJson))]
[JsonSerializable(typeof(TokenCreateJson))]
[JsonSerializable(typeof(TokenListJson))]
[JsonSerializable(typeof(TokenRevokeJson))]
[JsonSerializable(typeof(TransactionJson))]
[JsonSerializable(typeof(TreeJson))]
[JsonSerializable(typeof(VerifyJson))]
[JsonSerializable(typeof(VersionJson))]
internal sealed partial class CliJson : JsonSerializerContext
{
    /// <summary>The answer is no web page: letters beyond ASCII and quotes stay readable.</summary>
    public static readonly JavaScriptEncoder Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    public static readonly JsonWriterOptions WriterOptions = new() { Encoder = Encoder, SkipValidation = true };

    /// <summary>The context to serialize with.</summary>
    public static CliJson Relaxed { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = Encoder,
    });
}
