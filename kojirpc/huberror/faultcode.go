package huberror

import "strconv"

// FaultCode is the number by which the hub tells kinds of fault apart. It is an
// error only for errors.Is: errors.Is(err, huberror.CodeAuthExpired).
//
// Source: the faultCode of the exceptions in koji/__init__.py.
type FaultCode int

// The codes of faults, each named for Koji's exception.
const (
	CodeException           FaultCode = 1    // an exception of Python that is none of Koji's: a mistake of the hub, or of a query option
	CodeGenericError        FaultCode = 1000 // anything that has no code of its own: no such task, no such method, …
	CodeLockError           FaultCode = 1001 // a lock could not be had
	CodeAuthError           FaultCode = 1002 // wrong credentials, or a session that is gone or belongs to another address
	CodeTagError            FaultCode = 1003 // a failed tagging
	CodeActionNotAllowed    FaultCode = 1004 // a missing permission, or a call that takes a login
	CodeBuildError          FaultCode = 1005 // a failed build
	CodeAuthLockError       FaultCode = 1006 // another session of the user is exclusive
	CodeAuthExpired         FaultCode = 1007 // the session has expired; a Session renews itself, so this is rarely seen
	CodeSequenceError       FaultCode = 1008 // a call number lower than one the hub has seen: something else uses the session
	CodeRetryError          FaultCode = 1009 // the hub has done the call already; its answer was lost
	CodePreBuildError       FaultCode = 1010 // a failure before the build proper
	CodePostBuildError      FaultCode = 1011 // a failure after the build proper
	CodeBuildrootError      FaultCode = 1012 // a failure of a buildroot
	CodeFunctionDeprecated  FaultCode = 1013 // a method that no longer exists
	CodeServerOffline       FaultCode = 1014 // the hub is offline or out of order
	CodeLiveCDError         FaultCode = 1015 // a failure to make a live CD
	CodePluginError         FaultCode = 1016 // a failure of a plugin
	CodeCallbackError       FaultCode = 1017 // a failure of a callback in the hub
	CodeApplianceError      FaultCode = 1018 // a failure to make an appliance
	CodeParameterError      FaultCode = 1019 // arguments that the method does not take
	CodeImportError         FaultCode = 1020 // a failed import
	CodeConfigurationError  FaultCode = 1021 // a mistake in a configuration
	CodeLiveMediaError      FaultCode = 1022 // a failure to make live media
	CodeGSSAPIAuthError     FaultCode = 1023 // a failed login by GSSAPI; Koji's client raises it, and so does this one
	CodeNameValidationError FaultCode = 1024 // a name that the hub does not allow
	CodeContainerError      FaultCode = 2001 // a failed container build; the code is of koji-containerbuild
)

// String returns Koji's name of the exception, "" if it has none.
func (c FaultCode) String() string {
	names := [...]string{
		"GenericError", "LockError", "AuthError", "TagError", "ActionNotAllowed", "BuildError", "AuthLockError",
		"AuthExpired", "SequenceError", "RetryError", "PreBuildError", "PostBuildError", "BuildrootError",
		"FunctionDeprecated", "ServerOffline", "LiveCDError", "PluginError", "CallbackError", "ApplianceError",
		"ParameterError", "ImportError", "ConfigurationError", "LiveMediaError", "GSSAPIAuthError", "NameValidationError",
	}
	switch i := int(c - CodeGenericError); {
	case i >= 0 && i < len(names):
		return names[i]
	case c == CodeException:
		return "Exception"
	case c == CodeContainerError:
		return "ContainerError"
	}
	return ""
}

// Error implements error.
func (c FaultCode) Error() string {
	if name := c.String(); name != "" {
		return name
	}
	return "fault " + strconv.Itoa(int(c))
}
