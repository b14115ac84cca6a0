namespace Contacts;

/// <summary>Somebody, and where they live.</summary>
public sealed record Contact(string Name, string City);
