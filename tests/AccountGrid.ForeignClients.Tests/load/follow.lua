-- Every request is another follow of the account that is wrk's argument.
local account, follower

function init(args)
  account = args[1]
  follower = 1000000
end

function request()
  follower = follower + 1
  return wrk.format("PUT", "/v1/accounts/" .. account .. "/followers/" .. follower)
end
