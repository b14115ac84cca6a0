namespace FerrisDB.Transactions;

/// <summary>OpenTelemetry's names for databases, the same on both sides of the network.</summary>
internal static class TelemetryNames
{
    public const string SystemTag = "db.system.name";
    public const string SystemName = "ferrisdb";
    public const string NamespaceTag = "db.namespace";
    public const string OperationTag = "db.operation.name";
    public const string ErrorTag = "error.type";
    public const string StatusTag = "db.response.status_code";
    public const string RowsTag = "db.response.returned_rows";
}
