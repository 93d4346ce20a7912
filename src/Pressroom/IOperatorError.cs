namespace Pressroom;

/// <summary>Marks an exception that the operator can put right: a host prints its message, without a stack trace, and ends with exit code 1.</summary>
public interface IOperatorError;
