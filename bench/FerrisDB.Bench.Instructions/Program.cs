using FerrisDB.Bench.Instructions;

// Prepares a database and does one kind of operation many times, to be counted by callgrind from outside.
if (args is ["list"])
{
    foreach (var name in Operations.Names)
        Console.WriteLine($"{name} {Operations.CountOf(name)}");
    return 0;
}
if (args is not [var operation, var folder] || !Operations.Names.Contains(operation))
{
    Console.Error.WriteLine("usage: list | OPERATION EMPTY-FOLDER");
    return 2;
}
using var operations = new Operations(folder, operation);
operations.Measure();
return 0;
