using System.Globalization;

namespace FerrisDB.Cli;

/// <summary>An option of a transaction, as it is typed: <c>timeout 1000</c>.</summary>
internal sealed record OptionSetting(TransactionOption Option, byte[] Value, string Text)
{
    /// <summary>Reads an option's name and its value.</summary>
    public static OptionSetting Parse(string name, string? value)
    {
        var option = SnakeCase<TransactionOption>.Parse(name, "option");
        return new OptionSetting(option, BytesOf(option, name, value), value is null ? name : $"{name} {value}");
    }

    public void ApplyTo(Transaction transaction) => transaction.SetOption(Option, Value);

    private static byte[] BytesOf(TransactionOption option, string name, string? value)
    {
        if (option is not (TransactionOption.Timeout or TransactionOption.RetryLimit or TransactionOption.MaxRetryDelay
            or TransactionOption.SizeLimit or TransactionOption.TransactionLoggingMaxFieldLength))
            return EscapedText.Parse(value);
        if (!long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            throw new UsageException($"{name} takes a number: option {name} N.");
        return BitConverter.GetBytes(number);
    }
}
