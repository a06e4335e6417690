package kojirpc

import (
	"errors"

	"github.com/kojiwatch/kojiwatch/kojirpc/huberror"
)

// ErrNotLoggedIn reports that the caller is anonymous to the hub.
var ErrNotLoggedIn = errors.New("not logged in")

// ErrClosed reports that the client or session was closed.
var ErrClosed = huberror.ErrClosed

// Temporary reports whether a call may succeed later without anybody's help: the network,
// the web server or the hub was down or busy.
func Temporary(err error) bool { return huberror.Temporary(err) }

// The errors of calls; see package huberror.
type (
	// Fault is the hub's answer to a call that failed: its Code, and the hub's message
	// in Text. errors.Is compares it with a [FaultCode].
	Fault = huberror.Fault
	// FaultCode is the number of a kind of fault.
	FaultCode = huberror.FaultCode
	// HTTPError is the answer of a web server in front of the hub instead of the
	// hub's, with its Status.
	HTTPError = huberror.HTTPError
	// NetworkError reports that a request did not reach the hub or that its answer did
	// not arrive completely.
	NetworkError = huberror.NetworkError
	// UnavailableError reports that the hub or a login has failed so often that it is
	// not tried again before the time Until.
	UnavailableError = huberror.UnavailableError
	// LoginError reports that a session could not log in.
	LoginError = huberror.LoginError
)

// The fault codes, named after Koji's exceptions; see package huberror for their
// meaning.
const (
	CodeException           = huberror.CodeException
	CodeGenericError        = huberror.CodeGenericError
	CodeLockError           = huberror.CodeLockError
	CodeAuthError           = huberror.CodeAuthError
	CodeTagError            = huberror.CodeTagError
	CodeActionNotAllowed    = huberror.CodeActionNotAllowed
	CodeBuildError          = huberror.CodeBuildError
	CodeAuthLockError       = huberror.CodeAuthLockError
	CodeAuthExpired         = huberror.CodeAuthExpired
	CodeSequenceError       = huberror.CodeSequenceError
	CodeRetryError          = huberror.CodeRetryError
	CodePreBuildError       = huberror.CodePreBuildError
	CodePostBuildError      = huberror.CodePostBuildError
	CodeBuildrootError      = huberror.CodeBuildrootError
	CodeFunctionDeprecated  = huberror.CodeFunctionDeprecated
	CodeServerOffline       = huberror.CodeServerOffline
	CodeLiveCDError         = huberror.CodeLiveCDError
	CodePluginError         = huberror.CodePluginError
	CodeCallbackError       = huberror.CodeCallbackError
	CodeApplianceError      = huberror.CodeApplianceError
	CodeParameterError      = huberror.CodeParameterError
	CodeImportError         = huberror.CodeImportError
	CodeConfigurationError  = huberror.CodeConfigurationError
	CodeLiveMediaError      = huberror.CodeLiveMediaError
	CodeGSSAPIAuthError     = huberror.CodeGSSAPIAuthError
	CodeNameValidationError = huberror.CodeNameValidationError
	CodeContainerError      = huberror.CodeContainerError
)
