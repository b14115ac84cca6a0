namespace FerrisDB.Cli;

/// <summary>Where certificates and keys were written.</summary>
internal sealed record TlsFilesJson(
    string Authority, string AuthorityKey, string Server, string ServerKey, string Client, string ClientKey);
