using Microsoft.Extensions.Options;

namespace FerrisDB.Extensions;

/// <summary>Refuses options that name no database, or several, or say of a folder what only servers have.</summary>
internal sealed class FerrisDbOptionsValidation : IValidateOptions<FerrisDbOptions>
{
    public ValidateOptionsResult Validate(string? name, FerrisDbOptions options)
    {
        List<string> named = [];
        if (!string.IsNullOrWhiteSpace(options.Folder))
            named.Add($"a Folder, {options.Folder}");
        if (options.InMemory)
            named.Add("InMemory");
        if (!string.IsNullOrWhiteSpace(options.ConnectionString))
            named.Add("a ConnectionString");
        return named.Count switch
        {
            0 => ValidateOptionsResult.Fail(
                "FerrisDbOptions.Folder is not set. Name a folder (AddFerrisDb(\"data\"), or Folder in the "
                    + "configuration), or set InMemory, or the ConnectionString of a server."),
            1 => ValidateConnection(options),
            _ => ValidateOptionsResult.Fail(
                $"FerrisDbOptions has more than one place: {string.Join(" and ", named)}. Leave out all but one."),
        };
    }

    private static ValidateOptionsResult ValidateConnection(FerrisDbOptions options)
    {
        var isRemote = !string.IsNullOrWhiteSpace(options.ConnectionString);
        if (!isRemote && (options.Token is not null || options.HasTls))
            return ValidateOptionsResult.Fail(
                "FerrisDbOptions has a Token or Tls... for a database of this process: they are for servers, which "
                    + "ConnectionString names.");
        return options.Token is null || AccessToken.TryParse(options.Token, out _)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                "FerrisDbOptions.Token is no access token: `ferrisdb token create` prints one, ferris_ID_SECRET.");
    }
}
