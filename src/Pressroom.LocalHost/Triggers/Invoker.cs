using System.Linq.Expressions;
using System.Reflection;

namespace Pressroom.LocalHost.Triggers;

/// <summary>Turns a trigger method into a delegate that makes an instance from the services of the call and calls it.</summary>
internal static class Invoker
{
    public static bool ReturnsResult(MethodInfo method) => Awaited(method.ReturnType).IsAssignableTo(typeof(IResult));

    public static bool ReturnsNothing(MethodInfo method) =>
        method.ReturnType == typeof(Task) || method.ReturnType == typeof(ValueTask)
        || (method.ReturnType == typeof(void) && !method.IsDefined(typeof(System.Runtime.CompilerServices.AsyncStateMachineAttribute)));

    public static Func<HttpContext, Task<IResult>> Http(MethodInfo method)
    {
        var instance = Expression.Parameter(typeof(object));
        var context = Expression.Parameter(typeof(HttpContext));
        var call = Call(method, instance, type => type switch
        {
            _ when type.ParameterType == typeof(HttpRequest) => Expression.Property(context, nameof(HttpContext.Request)),
            _ when type.ParameterType == typeof(CancellationToken) => Expression.Property(context, nameof(HttpContext.RequestAborted)),
            _ => Expression.Call(typeof(Invoker), nameof(RouteText), null, context, Expression.Constant(type.Name)),
        });

        var returned = method.ReturnType;
        var result = returned.IsAssignableTo(typeof(IResult))
            ? Expression.Call(typeof(Task), nameof(Task.FromResult), [typeof(IResult)], Expression.Convert(call, typeof(IResult)))
            : Expression.Call(typeof(Invoker), returned.GetGenericTypeDefinition() == typeof(Task<>) ? nameof(FromTask) : nameof(FromValueTask), [Awaited(returned)], call);
        var invoke = Expression.Lambda<Func<object, HttpContext, Task<IResult>>>(result, instance, context).Compile();
        var create = ActivatorUtilities.CreateFactory(method.DeclaringType!, []);
        return httpContext => invoke(create(httpContext.RequestServices, null), httpContext);
    }

    public static Func<IServiceProvider, object, CancellationToken, Task> Background(MethodInfo method, Type payloadType)
    {
        var instance = Expression.Parameter(typeof(object));
        var payload = Expression.Parameter(typeof(object));
        var cancellation = Expression.Parameter(typeof(CancellationToken));
        var call = Call(method, instance, type => type.ParameterType == typeof(CancellationToken) ? cancellation : Expression.Convert(payload, payloadType));

        Expression task = method.ReturnType == typeof(Task) ? call
            : method.ReturnType == typeof(ValueTask) ? Expression.Call(call, nameof(ValueTask.AsTask), null)
            : Expression.Block(call, Expression.Property(null, typeof(Task), nameof(Task.CompletedTask)));
        var invoke = Expression.Lambda<Func<object, object, CancellationToken, Task>>(task, instance, payload, cancellation).Compile();
        var create = ActivatorUtilities.CreateFactory(method.DeclaringType!, []);
        return (services, value, token) => invoke(create(services, null), value, token);
    }

    private static MethodCallExpression Call(MethodInfo method, Expression instance, Func<ParameterInfo, Expression> fill) =>
        Expression.Call(Expression.Convert(instance, method.DeclaringType!), method, method.GetParameters().Select(fill));

    private static string? RouteText(HttpContext context, string name) => context.Request.RouteValues[name] as string;

    private static async Task<IResult> FromTask<T>(Task<T> task)
        where T : IResult => await task;

    private static async Task<IResult> FromValueTask<T>(ValueTask<T> task)
        where T : IResult => await task;

    private static Type Awaited(Type type) =>
        type.IsGenericType && (type.GetGenericTypeDefinition() == typeof(Task<>) || type.GetGenericTypeDefinition() == typeof(ValueTask<>))
            ? type.GetGenericArguments()[0]
            : type;
}
