using FerrisDB;
using FerrisDB.BindingTester;

return await CommandLine.RunAsync(args);
