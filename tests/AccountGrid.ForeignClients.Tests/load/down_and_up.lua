-- Takes the account that is wrk's argument down on its owner's behalf and brings it back, in turn: for one connection. The turn changes with the answer, because wrk makes
-- requests that it never sends.
local account, is_down

function init(args)
  account = args[1]
  is_down = false
  wrk.headers["Content-Type"] = "application/json"
end

function request()
  local verb = is_down and "restore" or "deactivate"
  return wrk.format("POST", "/v1/accounts/" .. account .. ":" .. verb, nil, '{"reason":"OWNER_REQUEST","owner":true}')
end

function response(status)
  is_down = is_down ~= (status == 200)
end
