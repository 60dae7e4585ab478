"""Pairs with known dependence."""

import numpy as np
from scipy import integrate
from scipy import stats as st


def normal_pair(rng, nobs, rho):
    """Two standard normals with a correlation, shape (2, T)."""
    pair = rng.standard_normal((2, nobs))
    pair[1] = rho * pair[0] + np.sqrt(1.0 - rho**2) * pair[1]
    return pair


def student_pair(rng, nobs, rho, nu):
    return normal_pair(rng, nobs, rho) / np.sqrt(rng.chisquare(nu, nobs) / nu)


def clayton_pair(rng, nobs, theta):
    shared = rng.gamma(1.0 / theta, size=nobs)
    return (1.0 + rng.exponential(size=(2, nobs)) / shared) ** (-1.0 / theta)


def rotated_gumbel_pair(rng, nobs, theta):
    """A positive stable mixture, turned upside down."""
    inverse, angle = 1.0 / theta, rng.uniform(0.0, np.pi, nobs)
    shared = np.sin(inverse * angle) / np.sin(angle) ** theta
    shared *= (np.sin((1.0 - inverse) * angle) / rng.exponential(size=nobs)) ** (theta - 1.0)
    return -np.exp(-((rng.exponential(size=(2, nobs)) / shared) ** inverse))


def tail_chance(rho, nu, share):
    """P(V < q | U < q) of a t copula by integration."""
    edge = st.t.ppf(share, nu)
    scale = np.sqrt(1.0 - rho**2)

    def inside(x):
        spread = scale * np.sqrt((nu + x * x) / (nu + 1.0))
        return st.t.pdf(x, nu) * st.t.cdf((edge - rho * x) / spread, nu + 1)

    return integrate.quad(inside, -np.inf, edge)[0] / share


def garch_pair(rng, nobs, rho, alpha=0.1, beta=0.85):
    """Normal shocks with one common, changing variance."""
    shocks, variance = normal_pair(rng, nobs, rho), 1.0
    path = np.empty_like(shocks)
    for t in range(nobs):
        path[:, t] = np.sqrt(variance) * shocks[:, t]
        variance = 1.0 - alpha - beta + alpha * (path[:, t] ** 2).mean() + beta * variance
    return path
