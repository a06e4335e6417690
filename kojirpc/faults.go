package kojirpc

// The codes of faults.
const (
	CodeException           FaultCode = 1
	CodeGenericError        FaultCode = 1000
	CodeLockError           FaultCode = 1001
	CodeAuthError           FaultCode = 1002
	CodeTagError            FaultCode = 1003
	CodeActionNotAllowed    FaultCode = 1004
	CodeBuildError          FaultCode = 1005
	CodeAuthLockError       FaultCode = 1006
	CodeAuthExpired         FaultCode = 1007
	CodeSequenceError       FaultCode = 1008
	CodeRetryError          FaultCode = 1009
	CodePreBuildError       FaultCode = 1010
	CodePostBuildError      FaultCode = 1011
	CodeBuildrootError      FaultCode = 1012
	CodeFunctionDeprecated  FaultCode = 1013
	CodeServerOffline       FaultCode = 1014
	CodeLiveCDError         FaultCode = 1015
	CodePluginError         FaultCode = 1016
	CodeCallbackError       FaultCode = 1017
	CodeApplianceError      FaultCode = 1018
	CodeParameterError      FaultCode = 1019
	CodeImportError         FaultCode = 1020
	CodeConfigurationError  FaultCode = 1021
	CodeLiveMediaError      FaultCode = 1022
	CodeGSSAPIAuthError     FaultCode = 1023
	CodeNameValidationError FaultCode = 1024
	CodeContainerError      FaultCode = 2001
)

// String returns Koji's name of the exception, "" if it has none.
func (c FaultCode) String() string {
	switch c {
	case CodeException:
		return "Exception"
	case CodeGenericError:
		return "GenericError"
	case CodeLockError:
		return "LockError"
	case CodeAuthError:
		return "AuthError"
	case CodeTagError:
		return "TagError"
	case CodeActionNotAllowed:
		return "ActionNotAllowed"
	case CodeBuildError:
		return "BuildError"
	case CodeAuthLockError:
		return "AuthLockError"
	case CodeAuthExpired:
		return "AuthExpired"
	case CodeSequenceError:
		return "SequenceError"
	case CodeRetryError:
		return "RetryError"
	case CodePreBuildError:
		return "PreBuildError"
	case CodePostBuildError:
		return "PostBuildError"
	case CodeBuildrootError:
		return "BuildrootError"
	case CodeFunctionDeprecated:
		return "FunctionDeprecated"
	case CodeServerOffline:
		return "ServerOffline"
	case CodeLiveCDError:
		return "LiveCDError"
	case CodePluginError:
		return "PluginError"
	case CodeCallbackError:
		return "CallbackError"
	case CodeApplianceError:
		return "ApplianceError"
	case CodeParameterError:
		return "ParameterError"
	case CodeImportError:
		return "ImportError"
	case CodeConfigurationError:
		return "ConfigurationError"
	case CodeLiveMediaError:
		return "LiveMediaError"
	case CodeGSSAPIAuthError:
		return "GSSAPIAuthError"
	case CodeNameValidationError:
		return "NameValidationError"
	case CodeContainerError:
		return "ContainerError"
	}
	return ""
}

// The types of faults.
type (
	// HubException is an exception of Python that is none of Koji's: a mistake of the hub, or of a
	// query option; repeating does not help.
	HubException struct{ Fault }
	// GenericError is anything that has no code of its own: no such task, no such method, a task that
	// has not ended.
	GenericError struct{ Fault }
	// LockError is that a lock could not be had.
	LockError struct{ Fault }
	// AuthError is wrong credentials, or a session that is gone or belongs to another address.
	AuthError struct{ Fault }
	// TagError is a failed tagging.
	TagError struct{ Fault }
	// ActionNotAllowed is a missing permission, or a call that takes a login.
	ActionNotAllowed struct{ Fault }
	// BuildError is a failed build.
	BuildError struct{ Fault }
	// AuthLockError is that another session of the user is exclusive.
	AuthLockError struct{ Fault }
	// AuthExpired is that the session has expired. A [Session] renews itself, so this is rarely seen.
	AuthExpired struct{ Fault }
	// SequenceError is a call number lower than one the hub has seen: something else uses the session,
	// or the call was overtaken by one that followed it after its caller had given up.
	SequenceError struct{ Fault }
	// RetryError is that the hub has done the call already; its answer was lost.
	RetryError struct{ Fault }
	// PreBuildError is a failure before the build proper.
	PreBuildError struct{ Fault }
	// PostBuildError is a failure after the build proper.
	PostBuildError struct{ Fault }
	// BuildrootError is a failure of a buildroot.
	BuildrootError struct{ Fault }
	// FunctionDeprecated is a method that is no more.
	FunctionDeprecated struct{ Fault }
	// ServerOffline is that the hub is offline or out of order.
	ServerOffline struct{ Fault }
	// LiveCDError is a failure to make a live CD.
	LiveCDError struct{ Fault }
	// PluginError is a failure of a plugin.
	PluginError struct{ Fault }
	// CallbackError is a failure of a callback in the hub.
	CallbackError struct{ Fault }
	// ApplianceError is a failure to make an appliance.
	ApplianceError struct{ Fault }
	// ParameterError is arguments that the method does not take.
	ParameterError struct{ Fault }
	// ImportError is a failed import.
	ImportError struct{ Fault }
	// ConfigurationError is a mistake in a configuration.
	ConfigurationError struct{ Fault }
	// LiveMediaError is a failure to make live media.
	LiveMediaError struct{ Fault }
	// GSSAPIAuthError is a failed login by GSSAPI. Koji's client raises it, and so
	// does this one; Err is then what was wrong.
	GSSAPIAuthError struct {
		Fault
		Err error
	}
	// NameValidationError is a name that the hub does not allow.
	NameValidationError struct{ Fault }
	// ContainerError is a failed container build; the code is of koji-containerbuild.
	ContainerError struct{ Fault }
)

// Unwrap returns e.Err.
func (e *GSSAPIAuthError) Unwrap() error { return e.Err }

// newFault makes a fault of the type that its code has.
func newFault(code FaultCode, text string) error {
	f := Fault{Code: code, Text: text}
	switch code {
	case CodeException:
		return &HubException{f}
	case CodeGenericError:
		return &GenericError{f}
	case CodeLockError:
		return &LockError{f}
	case CodeAuthError:
		return &AuthError{f}
	case CodeTagError:
		return &TagError{f}
	case CodeActionNotAllowed:
		return &ActionNotAllowed{f}
	case CodeBuildError:
		return &BuildError{f}
	case CodeAuthLockError:
		return &AuthLockError{f}
	case CodeAuthExpired:
		return &AuthExpired{f}
	case CodeSequenceError:
		return &SequenceError{f}
	case CodeRetryError:
		return &RetryError{f}
	case CodePreBuildError:
		return &PreBuildError{f}
	case CodePostBuildError:
		return &PostBuildError{f}
	case CodeBuildrootError:
		return &BuildrootError{f}
	case CodeFunctionDeprecated:
		return &FunctionDeprecated{f}
	case CodeServerOffline:
		return &ServerOffline{f}
	case CodeLiveCDError:
		return &LiveCDError{f}
	case CodePluginError:
		return &PluginError{f}
	case CodeCallbackError:
		return &CallbackError{f}
	case CodeApplianceError:
		return &ApplianceError{f}
	case CodeParameterError:
		return &ParameterError{f}
	case CodeImportError:
		return &ImportError{f}
	case CodeConfigurationError:
		return &ConfigurationError{f}
	case CodeLiveMediaError:
		return &LiveMediaError{f}
	case CodeGSSAPIAuthError:
		return &GSSAPIAuthError{Fault: f}
	case CodeNameValidationError:
		return &NameValidationError{f}
	case CodeContainerError:
		return &ContainerError{f}
	}
	return &f
}
