using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;
using Pressroom;
using Pressroom.Functions;
using Pressroom.Functions.Telemetry;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.Services.AddPressroom(builder.Configuration);
builder.Services.AddTriggerServices();
builder.Services.AddTelemetry();
builder.Build().Run();
