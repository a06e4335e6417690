package huberror

import "strconv"

// FaultCode is the number of a kind of fault. It implements error only for use with
// errors.Is: errors.Is(err, huberror.CodeAuthExpired).
//
// Source: the faultCode of the exceptions in koji/__init__.py.
type FaultCode int

// The fault codes, named after Koji's exceptions.
const (
	CodeException           FaultCode = 1    // a Python exception other than Koji's: a bug in the hub, or an invalid query option
	CodeGenericError        FaultCode = 1000 // any error without a code of its own: no such task, no such method, …
	CodeLockError           FaultCode = 1001 // a lock could not be acquired
	CodeAuthError           FaultCode = 1002 // wrong credentials, or a session that does not exist or belongs to another address
	CodeTagError            FaultCode = 1003 // a failed tagging
	CodeActionNotAllowed    FaultCode = 1004 // a missing permission, or a call that requires a login
	CodeBuildError          FaultCode = 1005 // a failed build
	CodeAuthLockError       FaultCode = 1006 // another session of the user is exclusive
	CodeAuthExpired         FaultCode = 1007 // the session has expired; a Session renews itself, so this is rarely seen
	CodeSequenceError       FaultCode = 1008 // a call number lower than one the hub has seen: something else uses the session
	CodeRetryError          FaultCode = 1009 // the hub has already executed the call; its answer was lost
	CodePreBuildError       FaultCode = 1010 // a failure before the build proper
	CodePostBuildError      FaultCode = 1011 // a failure after the build proper
	CodeBuildrootError      FaultCode = 1012 // a failure of a buildroot
	CodeFunctionDeprecated  FaultCode = 1013 // a method that no longer exists
	CodeServerOffline       FaultCode = 1014 // the hub is offline
	CodeLiveCDError         FaultCode = 1015 // a failure to make a live CD
	CodePluginError         FaultCode = 1016 // a failure of a plugin
	CodeCallbackError       FaultCode = 1017 // a failure of a callback in the hub
	CodeApplianceError      FaultCode = 1018 // a failure to make an appliance
	CodeParameterError      FaultCode = 1019 // arguments that the method does not accept
	CodeImportError         FaultCode = 1020 // a failed import
	CodeConfigurationError  FaultCode = 1021 // an error in a configuration
	CodeLiveMediaError      FaultCode = 1022 // a failure to make live media
	CodeGSSAPIAuthError     FaultCode = 1023 // a failed GSSAPI login; raised by the client, not by the hub
	CodeNameValidationError FaultCode = 1024 // a name that the hub does not allow
	CodeContainerError      FaultCode = 2001 // a failed container build; defined by koji-containerbuild
)

// String returns the name of Koji's exception; "" if there is none.
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
